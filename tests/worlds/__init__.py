"""Tests of what depends on the world that the lab runs: on which Debian, with which Ceph and OpenStack."""
