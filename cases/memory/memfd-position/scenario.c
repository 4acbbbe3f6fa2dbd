// Two threads write to a memfd with one descriptor, a byte each time. The file has to have a byte for each write.
// Exit status 1: a write went to the place of another.
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "kconform.h"

enum { WRITES = 20000 };
static int file;
static int started;

static void *write_bytes(void *unused)
{
	(void)unused;
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < 2)
		;
	for (int i = 0; i < WRITES; i++)
		if (write(file, "x", 1) != 1)
			_exit(2);
	return NULL;
}

int main(void)
{
	pthread_t other;
	struct stat st;
	bool overwritten;

	file = memfd_create("positions", 0);
	if (file < 0 || pthread_create(&other, NULL, write_bytes, NULL))
		return 2;
	write_bytes(NULL);
	pthread_join(other, NULL);
	if (fstat(file, &st))
		return 2;
	overwritten = st.st_size < 2 * WRITES;
	observe("overwritten", overwritten);
	return overwritten;
}
