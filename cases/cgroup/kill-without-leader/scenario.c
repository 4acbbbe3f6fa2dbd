#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "kconform.h"

#define GROUP "/sys/fs/cgroup/kconform-kill"

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static int put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);
	int written = fd < 0 ? -1 : (int)write(fd, text, strlen(text));

	close(fd);
	return written;
}

int main(void)
{
	char text[16];
	int status = 0, ended = 0;
	bool killed;
	pid_t child;

	if (mkdir(GROUP, 0755))
		return 1;
	child = fork();
	if (child == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, wait_for_ever, NULL);
		pthread_exit(NULL); /* the leader becomes a zombie, the thread lives on */
	}
	snprintf(text, sizeof(text), "%d", child);
	observe_errno("move", put(GROUP "/cgroup.procs", text));
	usleep(200 * 1000);
	observe_errno("kill", put(GROUP "/cgroup.kill", "1"));
	for (int tries = 0; tries < 50 && ended == 0; tries++) {
		usleep(20 * 1000);
		ended = waitpid(child, &status, WNOHANG);
	}
	killed = ended == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	observe("killed", killed);
	kill(child, SIGKILL);
	return 0;
}
