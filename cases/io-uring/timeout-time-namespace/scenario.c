// An absolute timeout is a time of the caller's clock, as for timerfd_settime(2). In a time namespace that clock has an offset.
// Like test/timens-abs-timer.c of liburing. The namespace is that of the children.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include "kconform.h"

/* The clock of a namespace cannot be below 0: it has to be later than that in the guest. */
#define OFFSET "monotonic -2 0\n"
#define LATE_ENOUGH_S 4

static struct timespec in_a_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec += 1;
	return now;
}

static void wait_until_late_enough(void)
{
	struct timespec now;

	do {
		usleep(10000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < LATE_ENOUGH_S);
}

static int waited_ms(struct timespec end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000 + (now.tv_sec - end.tv_sec) * 1000 + (now.tv_nsec - end.tv_nsec) / 1000000;
}

static int ring(struct io_uring_params *parameters, char **memory, struct io_uring_sqe **sqes)
{
	int fd = syscall(SYS_io_uring_setup, 4, parameters);

	*memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	*sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQES);
	return *memory == MAP_FAILED || *sqes == MAP_FAILED ? -1 : fd;
}

/* Milliseconds that an IORING_OP_TIMEOUT with IORING_TIMEOUT_ABS takes. */
static int request(void)
{
	struct io_uring_params parameters = { 0 };
	struct io_uring_sqe *sqe;
	struct timespec end = in_a_second();
	char *memory;
	int fd = ring(&parameters, &memory, &sqe);

	if (fd < 0)
		return -1;
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_TIMEOUT,
		.addr = (uintptr_t)&end,
		.len = 1,
		.timeout_flags = IORING_TIMEOUT_ABS,
	};
	*(uint32_t *)(memory + parameters.sq_off.array) = 0;
	*(uint32_t *)(memory + parameters.sq_off.tail) = 1;
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -2;
	return waited_ms(end);
}

/* Milliseconds that io_uring_enter with IORING_ENTER_ABS_TIMER waits for nothing. */
static int enter(void)
{
	struct io_uring_params parameters = { 0 };
	struct io_uring_sqe *sqe;
	struct timespec end = in_a_second();
	struct io_uring_getevents_arg argument = { .ts = (uintptr_t)&end };
	char *memory;
	int fd = ring(&parameters, &memory, &sqe);

	if (fd < 0)
		return -1;
	if (syscall(SYS_io_uring_enter, fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | IORING_ENTER_ABS_TIMER, &argument,
		    sizeof(argument)) != -1)
		return -2;
	return waited_ms(end);
}

static void attempt(const char *name, int (*wait_for)(void))
{
	int *waited = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	if (!child) {
		*waited = wait_for();
		_exit(0);
	}
	waitpid(child, NULL, 0);
	observe(name, (bool)(*waited >= 900));
}

int main(void)
{
	int offsets;

	attempt("initial.request", request);
	attempt("initial.enter", enter);
	wait_until_late_enough();
	if (unshare(CLONE_NEWTIME))
		return 1;
	offsets = open("/proc/self/timens_offsets", O_WRONLY);
	if (write(offsets, OFFSET, strlen(OFFSET)) != (ssize_t)strlen(OFFSET))
		return 2;
	attempt("namespace.request", request);
	attempt("namespace.enter", enter);
	return 0;
}
