// A thread sends a byte through a pipe and sleeps on a futex until the other one has received it.
#include <pthread.h>
#include <unistd.h>

enum { ROUNDS = 5000 };

static int ends[2];
static int received;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void *receive(void *unused)
{
	char byte;

	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		if (read(ends[0], &byte, 1) != 1)
			_exit(2);
		pthread_mutex_lock(&lock);
		received++;
		pthread_cond_signal(&changed);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int main(void)
{
	pthread_t other;

	if (pipe(ends) || pthread_create(&other, NULL, receive, NULL))
		return 2;
	for (int i = 0; i < ROUNDS; i++) {
		if (write(ends[1], "x", 1) != 1)
			return 2;
		pthread_mutex_lock(&lock);
		while (received <= i)
			pthread_cond_wait(&changed, &lock);
		pthread_mutex_unlock(&lock);
	}
	return pthread_join(other, NULL) ? 2 : 0;
}
