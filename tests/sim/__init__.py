"""A site without machines: a simulated cluster, libvirt and systemd, and real files under a temporary folder."""
