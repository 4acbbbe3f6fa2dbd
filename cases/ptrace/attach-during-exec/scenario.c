// kconform: ends after 20 s
// Like the test attach of tools/testing/selftests/ptrace/vmaccess.c. A thread makes its parent the tracer and ends, but stays until
// the tracer waits for it. exec of the other thread waits for that with a lock, which PTRACE_ATTACH of the tracer waits for.
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include "kconform.h"

struct shared {
	volatile int traced, returned;
	volatile pid_t program;
};
static struct shared *shared;

static void *be_traced(void *unused)
{
	(void)unused;
	shared->traced = ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
	return NULL;
}

static void program(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, be_traced, NULL);
	pthread_join(thread, NULL);
	execl("/bin/busybox", "sleep", "60", NULL);
	_exit(1);
}

static void tracer(void)
{
	pid_t child = fork();

	if (!child)
		program();
	shared->program = child; // in the tracer alone: the program shares this memory and would write 0
	sleep(1);
	ptrace(PTRACE_ATTACH, child, 0, 0);
	shared->returned = 1;
	pause();
}

int main(void)
{
	pid_t child;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = fork();
	if (!child)
		tracer();
	for (int tries = 0; tries < 50 && !shared->returned; tries++)
		usleep(100000);
	observe("traced", (bool)shared->traced);
	observe("returned", (bool)shared->returned);
	if (shared->program)
		kill(shared->program, SIGKILL); // 0 would be the group of this process
	kill(child, SIGKILL);
	return 0;
}
