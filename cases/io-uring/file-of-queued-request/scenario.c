// A read by a worker of io_uring is submitted, and the descriptor then names another file. The read has to use the file that it named
// when it was submitted. Exit status 1: a read used the other file.
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "kconform.h"

enum { ROUNDS = 1000 };

static struct io_uring_params params;
static int ring;
static char *rings;
static struct io_uring_sqe *sqes;

static bool make_ring(void)
{
	ring = syscall(__NR_io_uring_setup, 1, &params);
	rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	return ring >= 0 && rings != MAP_FAILED && sqes != MAP_FAILED;
}

static unsigned *at(unsigned offset)
{
	return (unsigned *)(rings + offset);
}

static bool submit_read(int fd, char *byte)
{
	sqes[0] = (struct io_uring_sqe){
		.opcode = IORING_OP_READ, .fd = fd, .addr = (uintptr_t)byte, .len = 1, .flags = IOSQE_ASYNC,
	};
	__atomic_fetch_add(at(params.sq_off.tail), 1, __ATOMIC_RELEASE);
	return syscall(__NR_io_uring_enter, ring, 1, 0, 0, NULL, 0) == 1;
}

/* What the request returned. */
static int await_result(void)
{
	unsigned *head = at(params.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
	int result;

	if (syscall(__NR_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0))
		return -1;
	result = cqes[*head % params.cq_entries].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

int main(void)
{
	int first = memfd_create("first", 0), second = memfd_create("second", 0);
	bool other = false;

	if (!make_ring() || write(first, "1", 1) != 1 || write(second, "2", 1) != 1)
		return 2;
	for (int round = 0; round < ROUNDS && !other; round++) {
		int fd = dup(first);
		char byte = 0;

		if (!submit_read(fd, &byte) || dup2(second, fd) != fd || await_result() != 1)
			return 2;
		other = byte == '2';
		close(fd);
	}
	observe("otherFile", other);
	return other;
}
