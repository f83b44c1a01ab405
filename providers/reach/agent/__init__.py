"""The agent: runs on a host for the length of one run, reads requests as JSON lines and answers them, in any order.

Sent over the ssh connection and started under sudo; nothing is installed and nothing stays. Standard library only and Python 3.6
syntax (RHEL 8's platform-python); rados, rbd and libvirt are imported where they are asked for. One file per noun, sent in the
order of `bundle.MODULES` and importing each other under the same names there as here.
"""
