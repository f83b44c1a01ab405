"""OLD_INPUTS: where `diff` finds the inputs that a state holds."""

OLD_INPUTS = "old_inputs"
"""Name beside the outputs. The launcher puts the inputs there, because the SDK does not hand them on."""
