#!/bin/bash
# The first process of a guest: an own root over the host's, two network cards, and the agent that runs commands.
# The kernel's command line says: ft_packages, ft_name, ft_number, ft_python, ft_agent.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8

if [ "${1:-}" != inside ]; then
  mount -t proc proc /proc
  for word in $(cat /proc/cmdline); do
    case $word in ft_*=*) export "${word?}" ;; esac
  done
  usr=$ft_packages/usr
  module=$(find "$usr/lib/uml/modules" -name overlay.ko)
  (export LD_LIBRARY_PATH=$usr/lib/x86_64-linux-gnu; exec -a insmod "$usr/bin/kmod" "$module")
  mount -t tmpfs none /mnt
  mkdir /mnt/packages /mnt/upper /mnt/work /mnt/root
  mount -t hostfs -o "ro,$ft_packages" none /mnt/packages
  mount -t overlay -o lowerdir=/mnt/packages:/,upperdir=/mnt/upper,workdir=/mnt/work none /mnt/root || exit 1
  cd /mnt/root || exit 1
  mount -t proc none proc
  mount -t sysfs none sys
  mount -t devtmpfs none dev
  mkdir -p dev/shm dev/pts
  mount -t tmpfs -o mode=1777 none dev/shm
  mount -t tmpfs none run
  mkdir -p lib/modules mnt/team mnt/export var/lib/nfs/v4recovery run/rpc_pipefs tmp
  ln -sfn "$ft_packages"/usr/lib/uml/modules/* lib/modules/
  exec chroot . "$0" inside
fi

ldconfig
hostname "$ft_name"
ip link set lo up
for card in 0 1; do
  ip address add "10.20$card.0.$ft_number/24" dev "vec$card"
  ip link set "vec$card" up
done
touch /etc/mtab
"$ft_python" "$ft_agent" "10.201.0.$ft_number" &
while :; do wait -n; sleep 1; done
