"""The agent: runs on a host for the length of one run, reads requests as JSON lines and answers them, in any order.

The agent is sent over the ssh connection and started under sudo, so nothing is installed and nothing stays. The agent
needs the standard library only and is written in the syntax of Python 3.6, RHEL 8's platform-python. rados, rbd and
libvirt are imported when a request needs them. The files are sent in the order of `bundle.MODULES`, and import each
other under the same names there as here.
"""
