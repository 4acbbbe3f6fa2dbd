// Two threads count in memory of their own.
#include <pthread.h>

enum { COUNTS = 30000000 };

static void *count(void *unused)
{
	(void)unused;
	for (volatile int i = 0; i < COUNTS; i++)
		;
	return NULL;
}

int main(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, count, NULL))
		return 2;
	count(NULL);
	return pthread_join(other, NULL) ? 2 : 0;
}
