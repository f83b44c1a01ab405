#!/usr/bin/env bash
# Ceph's guide "Block Devices and OpenStack" as a careful script for the lab, which `pulumi up` is compared with.
#
# The script leaves out what the product does beyond the guide: reading before writing, a journal, waiting until each
# service says that its driver works. For a fair comparison the script shares one ssh connection per host, and edits
# each file in one go. SSH_DIR (id_ed25519, known_hosts) and WORK (a folder for sockets) have to be set.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

admin=127.0.2.1 controller=127.0.2.11 computes=(127.0.2.21 127.0.2.22)
uuid=457eb676-33da-42ec-9a8c-9293d545c337

on() { # ADDRESS COMMAND: run COMMAND as root with this function's standard input
    ssh -F none -i "$SSH_DIR/id_ed25519" -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes \
        -o UserKnownHostsFile="$SSH_DIR/known_hosts" -o ControlMaster=auto -o ControlPersist=30 \
        -o ControlPath="$WORK/%h" "deploy@$1" "sudo -n sh -c '$2'"
}

put_keyring() { # ADDRESS ENTITY OWNER
    local path=/etc/ceph/ceph.$2.keyring
    on $admin "ceph auth get $2" </dev/null 2>/dev/null |
        on "$1" "umask 077; cat > $path; chown $3:$3 $path; chmod 0640 $path"
}

set_options() { # ADDRESS FILE OPTIONS...
    local address=$1 file=$2 program
    shift 2
    program=$(base64 -w0 "$here/set_options.py")
    cat "$@" | on "$address" "echo $program | base64 -d > /run/set_options.py; python3 /run/set_options.py $file"
}

for pool in volumes images backups vms; do
    on $admin "ceph osd pool create $pool --size 1 && rbd pool init $pool" </dev/null
done

on $admin "ceph auth get-or-create client.glance mon \"profile rbd\" mgr \"profile rbd pool=images\" \
    osd \"profile rbd pool=images\"" </dev/null >/dev/null
on $admin "ceph auth get-or-create client.cinder mon \"profile rbd\" \
    mgr \"profile rbd pool=volumes, profile rbd pool=vms\" \
    osd \"profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images\"" </dev/null >/dev/null
on $admin "ceph auth get-or-create client.cinder-backup mon \"profile rbd\" mgr \"profile rbd pool=backups\" \
    osd \"profile rbd pool=backups\"" </dev/null >/dev/null

for address in $controller "${computes[@]}"; do
    on $admin "ceph config generate-minimal-conf" </dev/null |
        on "$address" "mkdir -p /etc/ceph; cat > /etc/ceph/ceph.conf"
done
put_keyring $controller client.glance glance
put_keyring $controller client.cinder cinder
put_keyring $controller client.cinder-backup cinder

for address in "${computes[@]}"; do
    put_keyring "$address" client.cinder nova
    on "$address" "virsh --quiet secret-define --file /dev/stdin" <<XML
<secret ephemeral='no' private='no'>
<uuid>$uuid</uuid><usage type='ceph'><name>client.cinder secret</name></usage>
</secret>
XML
    on $admin "ceph auth get-key client.cinder" </dev/null \
        | on "$address" "virsh --quiet secret-set-value --secret $uuid --file /dev/stdin"
done

set_options $controller /etc/glance/glance-api.conf "$here/options/glance.txt"
set_options $controller /etc/cinder/cinder.conf "$here/options/cinder.txt"
for address in "${computes[@]}"; do
    set_options "$address" /etc/nova/nova.conf "$here/options/nova.txt"
done

on $controller "systemctl restart glance-api cinder-volume cinder-backup" </dev/null
for address in "${computes[@]}"; do
    on "$address" "systemctl restart nova-compute" </dev/null
done
