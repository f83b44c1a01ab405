"""What hosts and clusters answer, in the form that this version knows: one model per answer."""
