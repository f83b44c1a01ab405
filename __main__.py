"""Wires the Ceph cluster of this stack's settings into its OpenStack."""

import pulumi

from components.config import load
from components.stack import build

build(load(pulumi.Config()), pulumi.get_stack())
