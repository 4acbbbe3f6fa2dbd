// A thread waits at a ring for two completions, then another one waits for one. A completion has to wake the second thread.
// Exit status 1: it slept until its time was over.
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include "kconform.h"

enum { LIMIT_SECONDS = 10 };

static int ring;
static pid_t ids[3];
static double waited[3];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void *wait_for(void *count)
{
	struct __kernel_timespec limit = { .tv_sec = LIMIT_SECONDS };
	struct io_uring_getevents_arg more = { .ts = (uintptr_t)&limit };
	double begun = now();

	__atomic_store_n(&ids[(uintptr_t)count], syscall(__NR_gettid), __ATOMIC_RELEASE);
	/* After a timeout it returns 0 too, if there is a completion in the ring. So only the time shows whether it was woken. */
	if (syscall(__NR_io_uring_enter, ring, 0, (uintptr_t)count, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &more,
		    sizeof(more)))
		_exit(2);
	waited[(uintptr_t)count] = now() - begun;
	return NULL;
}

int main(void)
{
	struct io_uring_params params = { 0 };
	pthread_t threads[3];
	char *rings;
	struct io_uring_sqe *sqes;
	bool woken;

	ring = syscall(__NR_io_uring_setup, 4, &params);
	rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (ring < 0 || rings == MAP_FAILED || sqes == MAP_FAILED)
		return 2;
	for (uintptr_t count = 2; count > 0; count--)
		if (pthread_create(&threads[count], NULL, wait_for, (void *)count) || !thread_sleeps(&ids[count]))
			return 2;
	sqes[0] = (struct io_uring_sqe){ .opcode = IORING_OP_NOP };
	__atomic_fetch_add((unsigned *)(rings + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1)
		return 2;
	pthread_join(threads[1], NULL);
	woken = waited[1] < LIMIT_SECONDS - 1;
	observe("woken", woken);
	return !woken;
}
