#!/bin/sh
# Boots the kernel and runs the reproducer. What the guest prints goes to the terminal.
set -eu
cd "$(dirname "$0")"
. ./settings.sh
[ -e kernel-image ] || sh get-kernel.sh
[ -e initramfs.cpio.gz ] || sh build.sh
make_disks
run_qemu
