#!/bin/busybox sh
# The guest's only program: reports to the console, and mounts, formats and writes each volume that is attached.
/bin/busybox mkdir -p /proc /sys /dev /mnt /run /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
say() { echo "lab-guest: $*"; }
token() { cat /proc/sys/kernel/random/uuid; }

while read -r module; do insmod "/modules/$module.ko" || say "no module $module"; done </modules/order

# The guest's own disk: print the line that came with the image and the last boot's token, then write a new token.
own=
for try in $(seq 100); do
    for disk in vda sda; do [ -b /dev/$disk ] && own=$disk; done
    [ -n "$own" ] && break
    sleep 0.1
done
write() { dd of=/dev/$own bs=512 seek="$1" conv=sync,notrunc,fsync 2>/dev/null; }
slot() { dd if=/dev/$own bs=512 skip="$1" count=1 2>/dev/null | tr -d '\0'; }
image=$(slot IMAGE_SLOT)
earlier=$(slot BOOT_SLOT)
now=$(token)
echo "$now" | write BOOT_SLOT
say "up image=$image earlier=${earlier:-none} now=$now"

# A number on the guest's own disk that grows as long as the guest can write.
count=0
while sleep 1; do
    count=$((count + 1))
    echo "$count" | write COUNT_SLOT || say "cannot write"
done &

# The power button: write everything back and power off.
for button in /dev/input/event*; do
    [ -c "$button" ] && { dd if="$button" of=/dev/null bs=24 count=1 2>/dev/null && say down && sync && poweroff -f; } &
done

use() {
    serial=$(cat "/sys/block/$1/serial" 2>/dev/null || true)
    if mount -t ext4 "/dev/$1" /mnt 2>/dev/null; then
        found=$(tail -n 1 /mnt/tokens)
    elif /sbin/mke2fs -q -t ext4 -F "/dev/$1" && mount -t ext4 "/dev/$1" /mnt; then
        found=nothing
    else
        say "disk serial=$serial cannot be used"
        return
    fi
    token >>/mnt/tokens && wrote=$(tail -n 1 /mnt/tokens) && umount /mnt &&
        say "disk serial=$serial found=$found wrote=$wrote"
}
while true; do
    for path in /sys/block/vd* /sys/block/sd*; do
        disk=${path##*/}
        [ -e "$path" ] && [ "$disk" != "$own" ] && [ ! -e "/run/$disk" ] && : >"/run/$disk" && use "$disk"
    done
    for seen in /run/*; do
        [ -e "$seen" ] && [ ! -e "/sys/block/${seen##*/}" ] && rm "$seen" && say "disk ${seen##*/} gone"
    done
    sleep 0.3
done
