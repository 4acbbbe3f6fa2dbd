// Two marks of one file are changed at the same time: one no longer asks for accesses, the other now does. The other has to report
// the next access. Exit status 1: it did not.
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include "kconform.h"

enum { ROUNDS = 10000, OTHERS = 100 };
#define PATH "/tmp/marked"

static int fanotify, inotify;
static atomic_int begun, ended; // the round

static void *stop_asking(void *unused)
{
	(void)unused;
	for (int round = 1; round <= ROUNDS; round++) {
		while (begun < round)
			;
		if (inotify_add_watch(inotify, PATH, IN_MODIFY) < 0)
			_exit(2);
		ended = round;
	}
	return NULL;
}

static int ask(unsigned how, unsigned long event)
{
	return fanotify_mark(fanotify, how, event, AT_FDCWD, PATH);
}

static bool was_reported(void)
{
	struct fanotify_event_metadata event;
	bool found = false;

	for (; read(fanotify, &event, sizeof(event)) > 0; found = true)
		close(event.fd);
	return found;
}

/* The group of fanotify has the highest priority: its mark is the first of the file, and those of the others make the list long. */
static bool prepare(void)
{
	fanotify = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK, O_RDONLY);
	inotify = inotify_init1(IN_NONBLOCK);
	for (int i = 0; i < OTHERS; i++)
		if (inotify_add_watch(inotify_init1(0), PATH, IN_MODIFY) < 0)
			return false;
	return ask(FAN_MARK_ADD, FAN_MODIFY) == 0;
}

int main(void)
{
	int file = open(PATH, O_RDWR | O_CREAT, 0600);
	char events[4096], byte;
	pthread_t thread;
	bool lost = false;

	if (write(file, "x", 1) != 1 || !prepare() || pthread_create(&thread, NULL, stop_asking, NULL))
		return 2;
	for (int round = 1; round <= ROUNDS && !lost; round++) {
		if (inotify_add_watch(inotify, PATH, IN_ACCESS) < 0)
			return 2;
		begun = round;
		for (volatile int i = rand() % 300; i > 0; i--)
			;
		if (ask(FAN_MARK_ADD, FAN_ACCESS))
			return 2;
		while (ended < round)
			;
		if (pread(file, &byte, 1, 0) != 1)
			return 2;
		lost = !was_reported();
		if (ask(FAN_MARK_REMOVE, FAN_ACCESS))
			return 2;
		while (read(inotify, events, sizeof(events)) > 0)
			;
	}
	observe("lost", lost);
	_exit(lost);
}
