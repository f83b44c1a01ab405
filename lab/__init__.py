"""A lab of real parts on one Debian 12 machine: a Ceph cluster and OpenStack hosts to wire into it."""
