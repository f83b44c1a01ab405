"""The journal: what was there before us, kept where we changed it, written in the same agent call and before the change.

On a host it is a folder per stack, `/var/lib/ceph-openstack/<stack>/`, one JSON file per thing; in a cluster it is `config-key`
entries `ceph-openstack/<stack>/<kind>/<name>`. An entry that is not `finished` marks a change that was cut off: the next run
recognises the thing as ours and still knows its true earlier value. An entry holds no key.
"""
