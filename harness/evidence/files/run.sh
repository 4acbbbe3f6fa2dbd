#!/bin/sh
# Boots the kernel and runs the reproducer. Prints what the guest prints, which QEMU writes to serial.log.
set -eu
cd "$(dirname "$0")"
. ./settings.sh
[ -e kernel-image ] || sh get-kernel.sh
[ -e initramfs.cpio.gz ] || sh build.sh
make_disks
: >serial.log
run_qemu &
qemu=$!
trap 'kill $qemu 2>/dev/null' INT TERM
tail -n +1 -f --pid="$qemu" serial.log
wait "$qemu"
