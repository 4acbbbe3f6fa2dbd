# A small file is stored in its inode. When truncate makes it larger than fits there, its data must move to a block.
mkfs.ext4 -q -O inline_data -I 256 /dev/vda
mount -t ext4 /dev/vda /mnt
printf small > /mnt/file
sync
observe before "$(lsattr /mnt/file | cut -d' ' -f1 | tr -d -)"
truncate -s 50M /mnt/file
sync
observe after "$(lsattr /mnt/file | cut -d' ' -f1 | tr -d -)"
printf more >> /mnt/file
sync
observe content "$(head -c 5 /mnt/file)"
