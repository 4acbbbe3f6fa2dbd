/** The folder of the programs is on a tmpfs, whose pages count as shared memory and are never read ahead. */
export const onDisk = {
  machine: { disks: ['256M ext4'] },
  prepare: 'mkdir -p /tmp/disk && mount -t ext4 /dev/vda /tmp/disk',
  workdir: '/tmp/disk',
};

/** Huge pages of 2 MiB. */
export const hugePages = { machine: { kernelParameters: ['hugepages=160'] } };
/** Some tests want one and no more. */
export const oneHugePage = { machine: { kernelParameters: ['hugepages=1'] } };

/** A cgroup namespace is a border for the owners of files only if the mount says so. */
export const nsdelegate = { prepare: 'mount -o remount,nsdelegate /sys/fs/cgroup' };
