// A part of a shared mapping of huge pages that has no page table yet is write-protected by PAGEMAP_SCAN. The kernel walks over it
// with a lock that write-protecting takes too.
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "kconform.h"

#define HUGE (2UL << 20)
/* Nothing else is near, so that the page of page tables is missing too. */
#define AT ((void *)0x100000000000)

/* 0, or what failed. */
static int scan(void)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
	};
	struct uffdio_register protect = { .range = { (uintptr_t)AT, HUGE }, .mode = UFFDIO_REGISTER_MODE_WP };
	struct pm_scan_arg argument = {
		.size = sizeof(argument),
		.flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
		.start = (uintptr_t)AT,
		.end = (uintptr_t)AT + HUGE,
	};
	int uffd = syscall(SYS_userfaultfd, 0), pagemap = open("/proc/self/pagemap", O_RDONLY);

	if (mmap(AT, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED_NOREPLACE, -1, 0) != AT)
		return 1;
	if (ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &protect))
		return 2;
	return ioctl(pagemap, PAGEMAP_SCAN, &argument) ? 3 : 0;
}

int main(void)
{
	int limit = open("/proc/sys/vm/nr_hugepages", O_WRONLY), status = -1;
	pid_t child, ended = 0;

	if (write(limit, "2", 1) != 1)
		return 1;
	child = fork();
	if (!child)
		_exit(scan());
	for (int tries = 0; tries < 50 && !ended; tries++) {
		usleep(100000);
		ended = waitpid(child, &status, WNOHANG);
	}
	observe("ended", (bool)(ended == child));
	observe("status", ended == child ? WEXITSTATUS(status) : -1);
	return 0;
}
