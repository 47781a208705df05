#!/bin/sh
# run-read-only.sh ROOT SHARED COMMAND…: as a pod runs it, in process and mount namespaces of its own: ROOT read-only, SHARED
# at /mnt, /proc of its own, user 1000 without capabilities. Run by `unshare --mount --pid --fork`.
set -eu
root=$1 shared=$2
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$shared" "$root/mnt"
mount -o remount,bind,ro "$root"
exec chroot "$root" /usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
  /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin TMPDIR=/mnt NODE_ENV=production "$@"
