# The first steps in the namespaces of a node: an address, and private copies of what its programs write to fixed places.
# inside.sh FOLDER COMMAND…
set -e
folder=$1
shift

ip link set lo up
ip link add node0 type veth peer name node0-end
ip link set node0-end up
ip address add 192.0.2.10/24 dev node0
ip link set node0 up
# Services are routed before they are translated. Nothing else leads anywhere.
ip route add 10.0.0.0/24 dev node0

# Volumes of pods are shared with what the kubelet mounts later, inside of here.
mount --make-rshared /
mount -t tmpfs tmpfs /run
mkdir "$folder/var" "$folder/var-work"
mount -t overlay overlay -o "lowerdir=/var,upperdir=$folder/var,workdir=$folder/var-work" /var

# The kubelet sets these for the whole kernel; it finds them set, and leaves them.
set_already() {
  printf '%s\n' "$2" >"$folder/$(basename "$1")"
  mount --bind "$folder/$(basename "$1")" "/proc/sys/$1"
}
set_already vm/overcommit_memory 1
set_already vm/panic_on_oom 0
set_already kernel/panic 10
set_already kernel/panic_on_oops 1
set_already kernel/keys/root_maxkeys 1000000
set_already kernel/keys/root_maxbytes 25000000

exec "$@"
