"""The journal: what was there before us. An entry is written where the change is made, in the same call and before it.

On a host the journal is a folder per stack, `/var/lib/ceph-openstack/<stack>/`, with a JSON file per thing. In a
cluster the journal is `config-key` entries `ceph-openstack/<stack>/<kind>/<name>`. An entry that is not `finished`
marks a change that was cut off: the next run recognises the thing as ours and still knows its true earlier value. An
entry holds no key.
"""
