# The default mount options in the super block (s_mount_opts, at 0x200) fill their 64 bytes, so that no NUL ends them.
mkfs.ext4 -q -O ^metadata_csum /dev/vda
options=discard,discard,discard,discard,discard,discard,discard,resgid=0
printf %s "$options" | dd of=/dev/vda bs=1 seek=1536 conv=notrunc 2>/dev/null
observe stored "$(dumpe2fs -h /dev/vda 2>/dev/null | sed -n 's/^Mount options: *//p' | cut -c1-64)"
if mount -t ext4 /dev/vda /mnt 2>/dev/null; then
	observe mounted --json true
else
	observe mounted --json false
fi
