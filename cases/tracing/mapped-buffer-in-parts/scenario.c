// The kernel counts mappings of a trace buffer, not their pages: a mapping cannot be unmapped in parts.
#include <fcntl.h>
#include <linux/trace_mmap.h>
#include <sys/mman.h>
#include "kconform.h"

int main(void)
{
	long page = sysconf(_SC_PAGESIZE);
	int buffer = open("/sys/kernel/tracing/per_cpu/cpu0/trace_pipe_raw", O_RDONLY);
	char *meta = mmap(NULL, page, PROT_READ, MAP_SHARED, buffer, 0);
	char *both;

	if (meta == MAP_FAILED)
		return 1;
	munmap(meta, page);
	both = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, buffer, 0);
	if (both == MAP_FAILED)
		return 2;
	observe_errno("part", munmap(both + page, page));
	observe_errno("whole", munmap(both, 2 * page));
	return 0;
}
