// Two threads wait with MSG_PEEK for a byte each. SO_PEEK_OFF moves the position of the socket with each byte, so that they have to see
// different ones. Exit status 1: both saw the same.
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include "kconform.h"

static int pair[2];
static pid_t ids[2];
static char seen[2];

static void *peek(void *id)
{
	__atomic_store_n((pid_t *)id, syscall(SYS_gettid), __ATOMIC_RELEASE);
	if (recv(pair[0], &seen[(pid_t *)id - ids], 1, MSG_PEEK) != 1)
		_exit(2);
	return NULL;
}

int main(void)
{
	struct timeval limit = { .tv_sec = 20 };
	pthread_t threads[2];
	int zero = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || setsockopt(pair[0], SOL_SOCKET, SO_PEEK_OFF, &zero, sizeof(zero)) ||
	    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return 2;
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, peek, &ids[i]) || !thread_sleeps(&ids[i]))
			return 2;
	if (send(pair[1], "ab", 2, 0) != 2)
		return 2;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	observe("sameByte", (bool)(seen[0] == seen[1]));
	return seen[0] == seen[1];
}
