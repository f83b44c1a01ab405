"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import os
from functools import partial

import pulumi

from components.stack.continue_on_error import skip_what_needs_a_failed_resource
from components.stack.declare import declare
from components.stack.end_with_the_engine import end_with_the_engine
from components.stack.environment import environment_notices
from components.stack.held_back import held_back
from components.stack.load import load
from components.stack.sdk_waits import leave_out_debugging, wait_for_all_outputs_at_once
from components.stack.wire import wire

end_with_the_engine()
leave_out_debugging()
wait_for_all_outputs_at_once()
settings = load(pulumi.Config())
graph = wire(settings, pulumi.get_stack())
skip_what_needs_a_failed_resource(partial(held_back, graph))
declare(graph, environment_notices(settings, os.environ))
