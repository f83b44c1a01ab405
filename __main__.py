"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import pulumi

from components.stack.continue_on_error import pass_over_what_failed
from components.stack.declare import declare
from components.stack.load import load
from components.stack.wire import wire

pass_over_what_failed()
declare(wire(load(pulumi.Config()), pulumi.get_stack()))
