// Two threads call epoll_wait(2) with timeout 0 for one instance, whose event is always there. Each call has to report it.
// Exit status 1: a call missed the event.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "kconform.h"

enum { CALLS = 600000 };
static int epoll;
static volatile bool missed;

static void *call(void *unused)
{
	struct epoll_event event;

	(void)unused;
	for (int i = 0; i < CALLS && !missed; i++)
		if (epoll_wait(epoll, &event, 1, 0) == 0)
			missed = true;
	return NULL;
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = eventfd(1, 0);
	pthread_t other;

	epoll = epoll_create1(0);
	if (fd < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) || pthread_create(&other, NULL, call, NULL))
		return 2;
	call(NULL);
	pthread_join(other, NULL);
	observe("missed", (bool)missed);
	return missed;
}
