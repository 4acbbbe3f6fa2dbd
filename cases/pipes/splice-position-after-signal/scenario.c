// A splice that a signal interrupts has moved nothing. It must not set the position of the file, which somebody else has moved
// in the meantime.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include "kconform.h"

static int file, ends[2];
static int failed_with;

static void nothing(int signal)
{
	(void)signal;
}

static void *wait_in_splice(void *unused)
{
	(void)unused;
	failed_with = splice(ends[0], NULL, file, NULL, 4096, 0) == -1 ? errno : 0;
	return NULL;
}

int main(void)
{
	struct sigaction handled = { .sa_handler = nothing };
	pthread_t waiter;

	file = open("/tmp/file", O_CREAT | O_RDWR, 0600);
	if (file < 0 || pipe(ends) || sigaction(SIGUSR1, &handled, NULL) || pthread_create(&waiter, NULL, wait_in_splice, NULL))
		return 1;
	usleep(300000);
	observe("moved", lseek(file, 100, SEEK_SET));
	pthread_kill(waiter, SIGUSR1);
	pthread_join(waiter, NULL);
	errno = failed_with;
	observe_errno("splice", failed_with ? -1 : 0);
	observe("position", lseek(file, 0, SEEK_CUR));
	return 0;
}
