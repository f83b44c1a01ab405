"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import pulumi

from components.config import load
from components.go_on import declare_all
from components.stack import build

declare_all()
build(load(pulumi.Config()), pulumi.get_stack())
