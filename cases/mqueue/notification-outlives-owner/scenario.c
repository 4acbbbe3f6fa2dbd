// A process that shares its table of descriptors can exit without closing a message queue that is to notify it. What the
// notification holds is released with the queue: here its user namespace, of which there may be one only.
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "kconform.h"

enum { NO_NAMESPACE = 100 + ENOSPC };

static const char *limit = "/proc/sys/user/max_user_namespaces";

static int set_limit(int value)
{
	int fd = open(limit, O_WRONLY);
	int result = dprintf(fd, "%d", value) > 0 ? 0 : -1;

	close(fd);
	return result;
}

static int *queue;

/* Asks for a notification, and leaves the descriptor to the other process that shares the table. */
static int owner(void *unused)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

	(void)unused;
	_exit(syscall(SYS_mq_notify, *queue, &event) ? 2 : 0);
}

/* In a new user namespace: makes a queue, has a child ask for a notification, closes the queue. */
static int in_namespace(bool notified)
{
	static char stack[65536];
	int status = 0;
	pid_t child;

	if (unshare(CLONE_NEWUSER))
		return 100 + errno;
	*queue = mq_open("/kconform", O_CREAT | O_RDWR, 0600, NULL);
	if (*queue < 0)
		return 3;
	mq_unlink("/kconform");
	if (notified) {
		child = clone(owner, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
		if (waitpid(child, &status, 0) != child || status)
			return 4;
	}
	close(*queue);
	return 0;
}

static int run_child(bool notified)
{
	int status;
	pid_t child = fork();

	if (!child)
		_exit(in_namespace(notified));
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A namespace goes away some time after its last process: in a work queue, after grace periods. One that leaked never does. */
static int attempt(bool notified)
{
	int result = run_child(notified);

	for (int tries = 0; result == NO_NAMESPACE && tries < 100; tries++) {
		usleep(100 * 1000);
		result = run_child(notified);
	}
	return result;
}

int main(void)
{
	queue = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (queue == MAP_FAILED || set_limit(1))
		return 1;
	observe("plain", attempt(false));
	observe("notified", attempt(true));
	observe("afterwards", attempt(false));
	return 0;
}
