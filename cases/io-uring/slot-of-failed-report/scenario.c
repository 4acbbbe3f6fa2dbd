// A request puts a file into a free slot of a ring and then writes the number of the slot to memory that userfaultfd holds back. In
// between, another thread replaces the file in the slot. The write fails, so the request has to take back its own file, and no other.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "kconform.h"

static struct io_uring_params params;
static int ring, own, other;
static bool replaced;
static char *rings;
static struct io_uring_sqe *sqes;

static bool make_ring(void)
{
	struct io_uring_rsrc_register slots = { .nr = 1, .flags = IORING_RSRC_REGISTER_SPARSE };

	ring = syscall(__NR_io_uring_setup, 1, &params);
	rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	return ring >= 0 && rings != MAP_FAILED && sqes != MAP_FAILED &&
	       syscall(__NR_io_uring_register, ring, IORING_REGISTER_FILES2, &slots, sizeof(slots)) == 0;
}

static unsigned *at(unsigned offset)
{
	return (unsigned *)(rings + offset);
}

static void submit(struct io_uring_sqe request)
{
	sqes[0] = request;
	__atomic_fetch_add(at(params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1)
		_exit(2);
}

/* What the request returned. */
static int await_result(void)
{
	unsigned *head = at(params.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
	int result;

	if (syscall(__NR_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0))
		_exit(2);
	result = cqes[*head % params.cq_entries].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

/* On a kernel with the fix this waits until the request has ended. */
static void *replace(void *unused)
{
	struct io_uring_files_update update = { .offset = 0, .fds = (uintptr_t)&other };

	(void)unused;
	if (syscall(__NR_io_uring_register, ring, IORING_REGISTER_FILES_UPDATE, &update, 1) != 1)
		_exit(2);
	__atomic_store_n(&replaced, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Lets writes to the page wait. */
static int hold_back(void *page)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_range range = { (uintptr_t)page, 4096 };
	struct uffdio_register watched = { .range = range, .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect held = { .range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	int faults = syscall(__NR_userfaultfd, O_CLOEXEC);

	if (ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &watched) ||
	    ioctl(faults, UFFDIO_WRITEPROTECT, &held))
		_exit(2);
	return faults;
}

int main(void)
{
	int *slot = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), faults;
	struct uffd_msg fault;
	pthread_t thread;
	char byte;

	own = memfd_create("own", 0);
	other = memfd_create("other", 0);
	if (!make_ring() || write(other, "2", 1) != 1)
		return 2;
	*slot = own;
	faults = hold_back(slot);
	submit((struct io_uring_sqe){
		.opcode = IORING_OP_FILES_UPDATE, .flags = IOSQE_ASYNC, .addr = (uintptr_t)slot, .len = 1, .off = IORING_FILE_INDEX_ALLOC,
	});
	if (read(faults, &fault, sizeof(fault)) != sizeof(fault) || pthread_create(&thread, NULL, replace, NULL))
		return 2;
	for (int tries = 0; tries < 300 && !__atomic_load_n(&replaced, __ATOMIC_ACQUIRE); tries++)
		usleep(10 * 1000);
	munmap(slot, 4096);
	close(faults); // the write goes on, and fails
	observe("request", await_result());
	pthread_join(thread, NULL);
	submit((struct io_uring_sqe){
		.opcode = IORING_OP_READ, .flags = IOSQE_FIXED_FILE, .fd = 0, .addr = (uintptr_t)&byte, .len = 1,
	});
	observe("readOther", await_result());
	return 0;
}
