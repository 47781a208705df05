#!/bin/bash
# Runs as PID 1 of new mount, PID, UTS and IPC namespaces, as root: builds the container's root on a tmpfs, makes it the
# only root there is, and hands over to the command. Every mount made here goes with the namespace.
#
#   launch.sh ROOT HOSTNAME ro|rw APP_FOLDER|- [ro|rw SOURCE TARGET]… -- COMMAND…     (environment: NUL-ended pairs on stdin; says on fd 3 when the root is built)
set -euo pipefail
exec 2>&1 # The log; what stood here is for unshare alone.
root=$1 hostname=$2 root_mode=$3 app=$4
shift 4
mapfile -d '' environment

printf %s "$hostname" > /proc/sys/kernel/hostname
mount -t tmpfs -o mode=755,size=512m tmpfs "$root"

bind() { # ro|rw SOURCE TARGET; a folder is bound on a folder, anything else on a file
  mkdir -p "$(dirname "$root$3")"
  if [ -d "$2" ]; then mkdir -p "$root$3"; else [ -e "$root$3" ] || : > "$root$3"; fi
  mount -o "bind,$1" "$2" "$root$3"
}

for path in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" "$root$path"; elif [ -d "$path" ]; then bind ro "$path" "$path"; fi
done
# A pod may mount below /etc, so that folder is its own, with what programs look for.
mkdir "$root/etc"
for path in /etc/{passwd,group,hosts,resolv.conf,nsswitch.conf,localtime,ld.so.cache,ssl,fonts,alternatives}; do
  if [ -e "$path" ]; then bind ro "$path" "$path"; fi
done
mkdir -p "$root"/{proc,sys,var,run,home,root} "$root/dev/shm"
mkdir -m 1777 "$root/tmp" "$root/var/tmp"
for device in null zero full random urandom tty; do bind rw "/dev/$device" "/dev/$device"; done
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${stream%%:*}" "$root/dev/${stream#*:}"; done

if [ "$app" != - ]; then
  bind ro "$app" /app
  # What no image holds: repositories, clusters, editors' folders.
  for hidden in "$app"/.[!.]*/; do
    [ -d "$hidden" ] && mount -t tmpfs -o ro,size=4k,mode=755 tmpfs "$root/app/$(basename "$hidden")"
  done
fi
while [ "$1" != -- ]; do
  bind "$1" "$2" "$3"
  shift 3
done
shift
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
[ "$root_mode" = rw ] || mount -o remount,bind,ro "$root"

# The old root is stacked under the new one and then let go: nothing of the host can be reached by any path.
cd "$root"
pivot_root . .
umount -l .
cd /
echo built >&3
exec /usr/bin/env -i "${environment[@]}" "$@" < /dev/null 3>&-
