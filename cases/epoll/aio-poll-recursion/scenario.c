// kconform: ends after 20 s
// Two aio polls wait for an epoll instance, and their results go to an eventfd that the same instance watches. The event of the pipe
// wakes the first one, which signals the eventfd, which wakes the instance again while its queue of waiters is locked.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include "kconform.h"

/* A CPU that hangs for 3 s ends the guest: without this, the hang lasts until kconform ends it. */
static bool end_hangs_soon(void)
{
	static const char *const settings[][2] = {
		{ "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout", "3" },
		{ "/proc/sys/kernel/panic_on_rcu_stall", "1" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int file = open(settings[i][0], O_WRONLY);

		if (file < 0 || write(file, settings[i][1], 1) != 1 || close(file))
			return false;
	}
	return true;
}

static bool run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

/* Waits for one grace period after another: a stall is noticed only during one. @returns the process that does, or -1 */
static pid_t watch_from(int cpu)
{
	pid_t watcher = fork();

	if (watcher != 0)
		return watcher;
	if (!run_on(cpu))
		_exit(1);
	while (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		usleep(10 * 1000);
	_exit(1);
}

int main(void)
{
	int epoll = epoll_create1(0), result = eventfd(0, 0), ends[2];
	struct epoll_event event = { .events = EPOLLIN };
	struct iocb poll = {
		.aio_lio_opcode = IOCB_CMD_POLL,
		.aio_fildes = epoll,
		.aio_buf = POLLIN,
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = result,
	};
	struct iocb second = poll, *list[] = { &poll, &second };
	struct io_event done[2] = { 0 };
	struct timespec limit = { .tv_sec = 5 };
	aio_context_t context = 0;
	uint64_t signals = 0;
	pid_t watcher;

	if (!end_hangs_soon() || !run_on(1) || (watcher = watch_from(0)) < 0)
		return 1;
	if (pipe(ends) || epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) || epoll_ctl(epoll, EPOLL_CTL_ADD, result, &event) ||
	    syscall(SYS_io_setup, 2, &context))
		return 1;
	observe("submitted", syscall(SYS_io_submit, context, 2, list));
	observe("written", write(ends[1], "x", 1));
	observe("done", syscall(SYS_io_getevents, context, 2, 2, done, &limit));
	observe("read", read(result, &signals, sizeof(signals)));
	observe("signals", signals);
	kill(watcher, SIGKILL);
	return 0;
}
