// In a process with threads each system call takes a reference to the file. A failing fremovexattr must give it back, or the file
// stays open for ever and its mount busy.
#include <fcntl.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "kconform.h"

static void *wait_for_ever(void *unused)
{
	(void)unused;
	pause();
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int file;

	if (mount("none", "/mnt", "tmpfs", 0, NULL) || pthread_create(&thread, NULL, wait_for_ever, NULL))
		return 1;
	file = open("/mnt/file", O_CREAT | O_RDWR, 0600);
	observe_errno("wrongName", fremovexattr(file, ""));
	close(file);
	observe_errno("unmounted", umount("/mnt"));
	return 0;
}
