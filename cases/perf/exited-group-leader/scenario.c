// An event with remove_on_exec ends when its process executes a program. It stays open, but cannot lead a group any more.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/syscall.h>
#include "kconform.h"

static int event(pid_t pid, int group, bool remove_on_exec)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.size = sizeof(attr),
		.remove_on_exec = remove_on_exec,
	};

	return syscall(SYS_perf_event_open, &attr, pid, -1, group, 0);
}

/* Waits until the process has the name of the program: begin_new_exec() sets it after it has removed the events. */
static bool has_executed(pid_t pid)
{
	char path[64], name[16] = "";

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	for (int tries = 0; strcmp(name, "busybox") && tries < 1000; tries++) {
		FILE *comm = fopen(path, "r");

		if (!comm || fscanf(comm, "%15s", name) != 1)
			return false;
		fclose(comm);
		usleep(10 * 1000);
	}
	return strcmp(name, "busybox") == 0;
}

int main(void)
{
	int start[2], leader, other;
	char byte;
	pid_t child;

	if (pipe2(start, O_CLOEXEC))
		return 1;
	child = fork();
	if (!child) {
		if (read(start[0], &byte, 1) != 1)
			_exit(1);
		execl("/bin/busybox", "sleep", "60", NULL);
		_exit(2);
	}
	leader = event(child, -1, true);
	other = event(child, -1, false);
	observe_errno("leader", leader);
	observe_errno("other", other);
	observe_errno("before", event(child, leader, true));
	if (write(start[1], "", 1) != 1 || !has_executed(child))
		return 2;
	observe_errno("afterOther", event(child, other, true));
	observe_errno("afterLeader", event(child, leader, true));
	kill(child, SIGKILL);
	return 0;
}
