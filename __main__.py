"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import pulumi

from components.stack.continue_on_error import skip_what_needs_a_failed_resource
from components.stack.declare import declare
from components.stack.load import load
from components.stack.wire import wire

skip_what_needs_a_failed_resource()
declare(wire(load(pulumi.Config()), pulumi.get_stack()))
