"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import pulumi

from components.config import load
from components.go_on import pass_over_what_failed
from components.stack import build

pass_over_what_failed()
build(load(pulumi.Config()), pulumi.get_stack())
