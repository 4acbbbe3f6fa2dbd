// kconform: ends after 20 s
// Two aio polls wait for an epoll instance, and their results go to an eventfd that the same instance watches. The event of the pipe
// wakes the first one, which signals the eventfd, which wakes the instance again while its queue of waiters is locked.
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include "kconform.h"

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

	if (pipe(ends) || epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) || epoll_ctl(epoll, EPOLL_CTL_ADD, result, &event) ||
	    syscall(SYS_io_setup, 2, &context))
		return 1;
	observe("submitted", syscall(SYS_io_submit, context, 2, list));
	observe("written", write(ends[1], "x", 1));
	observe("done", syscall(SYS_io_getevents, context, 2, 2, done, &limit));
	observe("read", read(result, &signals, sizeof(signals)));
	observe("signals", signals);
	return 0;
}
