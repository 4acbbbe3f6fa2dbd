// Data in the page cache that has no block on the disk yet is data for lseek too, in a file with extents and in one without.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include "kconform.h"

#define EXTENTS_FL 0x00080000

/* Behind a hole, a multiple of the size of a block. */
#define OFFSET 65536

static long first_data(const char *path, bool extents)
{
	int file = open(path, O_CREAT | O_RDWR, 0600);
	int flags = 0;
	long first;

	if (file < 0 || ioctl(file, FS_IOC_GETFLAGS, &flags))
		return -100;
	flags = extents ? flags | EXTENTS_FL : flags & ~EXTENTS_FL;
	if (ioctl(file, FS_IOC_SETFLAGS, &flags))
		return -200 - errno;
	if (pwrite(file, "data", 4, OFFSET) != 4)
		return -300;
	first = lseek(file, 0, SEEK_DATA);
	return first == -1 ? -errno : first;
}

int main(void)
{
	if (mount("/dev/vda", "/mnt", "ext4", 0, NULL))
		return 1;
	observe("withExtents", first_data("/mnt/with", true));
	observe("withoutExtents", first_data("/mnt/without", false));
	return 0;
}
