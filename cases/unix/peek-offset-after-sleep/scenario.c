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

/* Waits until the thread sleeps: state S of proc_pid_stat(5). */
static bool sleeps(const pid_t *thread)
{
	char path[64], state = 0;
	FILE *stat;

	for (int tries = 0; state != 'S' && tries < 500; tries++) {
		usleep(10 * 1000);
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", __atomic_load_n(thread, __ATOMIC_ACQUIRE));
		stat = fopen(path, "r");
		if (!stat)
			continue; // it has not begun
		if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(stat);
	}
	return state == 'S';
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
		if (pthread_create(&threads[i], NULL, peek, &ids[i]) || !sleeps(&ids[i]))
			return 2;
	if (send(pair[1], "ab", 2, 0) != 2)
		return 2;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	observe("sameByte", (bool)(seen[0] == seen[1]));
	return seen[0] == seen[1];
}
