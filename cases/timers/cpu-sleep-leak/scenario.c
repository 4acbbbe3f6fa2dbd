// kconform: ends after 15 s
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include "kconform.h"

#define LIMIT "/proc/sys/user/max_pid_namespaces"
#define ROUNDS 6
#define TARGET 2

enum { DONE, NO_NAMESPACE, TOO_EARLY, FAILED };

static int sleep_on_target(int ready)
{
	struct timespec hour = { .tv_sec = 3600 };
	struct itimerval soon = { .it_value.tv_usec = 150000 };
	clockid_t clock;

	if (clock_getcpuclockid(TARGET, &clock) || setitimer(ITIMER_REAL, &soon, NULL))
		return FAILED;
	close(ready);
	clock_nanosleep(clock, 0, &hour, NULL);
	return TOO_EARLY;
}

/* The first process of a pid namespace: one child sleeps on the CPU clock of another, which ends before a signal ends the sleep. */
static int first_process(void)
{
	int ready[2], status = 0;
	pid_t target, sleeper;
	char end;

	target = fork();
	if (target == 0)
		for (;;)
			pause();
	if (target != TARGET || pipe(ready))
		return FAILED;
	sleeper = fork();
	if (sleeper == 0)
		_exit(sleep_on_target(ready[1]));
	close(ready[1]);
	if (read(ready[0], &end, 1) != 0)
		return FAILED;
	usleep(30 * 1000);
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
	waitpid(sleeper, &status, 0);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM ? DONE : FAILED;
	return WEXITSTATUS(status);
}

static int run_round(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (unshare(CLONE_NEWPID))
			_exit(errno == ENOSPC ? NO_NAMESPACE : FAILED);
		child = fork();
		if (child < 0)
			_exit(FAILED);
		if (child == 0)
			_exit(first_process());
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : FAILED);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

int main(void)
{
	int limit = open(LIMIT, O_WRONLY), done = 0, result = DONE;
	bool all_gone;

	if (limit < 0 || write(limit, "3", 1) != 1)
		return 1;
	while (done < ROUNDS && result == DONE) {
		result = run_round();
		/* A namespace goes away some time after its last process. */
		for (int tries = 0; (result == NO_NAMESPACE || result == TOO_EARLY) && tries < 40; tries++) {
			usleep(50 * 1000);
			result = run_round();
		}
		done += result == DONE;
	}
	all_gone = result != NO_NAMESPACE;
	observe("allNamespacesGone", all_gone);
	observe("rounds", done);
	return result > NO_NAMESPACE ? 2 : 0;
}
