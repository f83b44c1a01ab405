"""Starts the process in which Pulumi runs the dynamic resources, with more than its four threads."""
