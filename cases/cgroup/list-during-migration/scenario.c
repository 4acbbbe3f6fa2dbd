// A list of the threads of a cgroup is read in two parts. In between, the next thread but one is moved to another cgroup. The list has
// to have all others. Exit status 1: others are missing.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "kconform.h"

enum { THREADS = 40 };

static pid_t tids[THREADS];
static int started;

static void *wait_for_ever(void *tid)
{
	*(pid_t *)tid = gettid();
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	pause();
	return NULL;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(2);
	close(fd);
}

static void put_number(const char *path, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	put(path, text);
}

/* Threads are listed in the order in which they came into the cgroup. */
static void start_threads(void)
{
	pthread_t thread;

	mkdir("/tmp/cgroup", 0755);
	if (mount("none", "/tmp/cgroup", "cgroup2", 0, NULL) || mkdir("/tmp/cgroup/a", 0755) || mkdir("/tmp/cgroup/a/b", 0755))
		_exit(2);
	put("/tmp/cgroup/a/b/cgroup.type", "threaded");
	put_number("/tmp/cgroup/a/cgroup.procs", getpid());
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&thread, NULL, wait_for_ever, &tids[i]))
			_exit(2);
		while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) <= i)
			usleep(1000);
	}
}

static bool has(const char *list, pid_t tid)
{
	char line[16];

	snprintf(line, sizeof(line), "\n%d\n", tid);
	return strstr(list, line) != NULL;
}

int main(void)
{
	char list[8192] = "\n";
	size_t length = 1;
	ssize_t more;
	int fd, read_first = 0, missing = 0;

	start_threads();
	fd = open("/tmp/cgroup/a/cgroup.threads", O_RDONLY);
	length += more = read(fd, list + length, 32);
	if (more <= 0)
		return 2;
	for (size_t i = 1; i < length; i++)
		read_first += list[i] == '\n';
	read_first += list[length - 1] != '\n'; // what is left of a line is in the buffer of the file
	// The first line is the main thread; the thread after those read is decided already, the position is at the next one.
	put_number("/tmp/cgroup/a/b/cgroup.threads", tids[read_first]);
	while ((more = read(fd, list + length, sizeof(list) - 1 - length)) > 0)
		length += more;
	list[length] = 0;
	for (int i = 0; i < THREADS; i++)
		missing += i != read_first && !has(list, tids[i]);
	observe("othersMissing", (bool)missing);
	fflush(stdout);
	_exit(missing > 0);
}
