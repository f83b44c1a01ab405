"""What lives in a Ceph cluster or speaks its formats."""
