// kconform: ends after 10 s
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "kconform.h"

#define HUGE (2UL << 20)

/* A guest with little memory has no huge pages by default. */
static int allow_huge_pages(void)
{
	int fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);
	int result = write(fd, "madvise", 7) == 7 ? 0 : -1;

	close(fd);
	return result;
}

/* A huge page that is write-protected by page: the kernel has to split it where the scan ends. */
static char *huge_page(void)
{
	char *area = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *page = (char *)(((uintptr_t)area + HUGE - 1) & ~(HUGE - 1));
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED };
	struct uffdio_register protect = { .range = { (uintptr_t)page, HUGE }, .mode = UFFDIO_REGISTER_MODE_WP };
	int uffd = syscall(__NR_userfaultfd, 0);

	if (area == MAP_FAILED || allow_huge_pages() || madvise(page, HUGE, MADV_HUGEPAGE))
		return NULL;
	memset(page, 1, HUGE);
	if (madvise(page, HUGE, MADV_COLLAPSE)) // memset may have been given small pages
		return NULL;
	if (ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &protect))
		return NULL;
	return page;
}

static bool is_huge(int pagemap, const char *page)
{
	struct page_region region;
	struct pm_scan_arg scan = {
		.size = sizeof(scan),
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + HUGE,
		.vec = (uintptr_t)&region,
		.vec_len = 1,
		.category_mask = PAGE_IS_HUGE,
		.return_mask = PAGE_IS_HUGE,
	};

	return ioctl(pagemap, PAGEMAP_SCAN, &scan) == 1 && region.start == scan.start && region.end == scan.end;
}

int main(void)
{
	char *page = huge_page();
	struct pm_scan_arg scan = {
		.size = sizeof(scan),
		.flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + sysconf(_SC_PAGESIZE),
		.category_mask = PAGE_IS_HUGE,
		.return_mask = PAGE_IS_HUGE,
	};
	int pagemap = open("/proc/self/pagemap", O_RDONLY);

	if (!page || pagemap < 0)
		return 1;
	observe("huge", is_huge(pagemap, page));
	/* Without a vector nothing is reported, and the pages are protected all the same. */
	observe_errno("scan", ioctl(pagemap, PAGEMAP_SCAN, &scan));
	return 0;
}
