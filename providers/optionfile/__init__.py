"""Files made of sections and options (oslo.config INI, ceph.conf), edited in place and put back."""
