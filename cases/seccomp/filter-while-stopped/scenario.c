// A thread has no filter yet and stops for its tracer at the entry of a system call. Another thread gives all threads a filter
// (TSYNC). When the first one goes on, the filter must decide about the system call.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "kconform.h"

struct shared {
	volatile pid_t traced;
	volatile int traced_goes, install, installed, result;
};
static struct shared *shared;

static void *traced(void *unused)
{
	(void)unused;
	shared->traced = syscall(SYS_gettid);
	while (!shared->traced_goes)
		usleep(1000);
	shared->result = syscall(SYS_getpgid, 0) == -1 ? errno : 0;
	return NULL;
}

static int program(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog fprog = { 4, filter };
	pthread_t thread;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || pthread_create(&thread, NULL, traced, NULL))
		return 1;
	while (!shared->install)
		usleep(1000);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &fprog))
		return 2;
	shared->installed = 1;
	pthread_join(thread, NULL);
	return 0;
}

/* Lets the thread run to its next stop at a system call; its number, or -1. */
static long next_stop(pid_t thread)
{
	struct __ptrace_syscall_info info = { 0 };
	int status;

	if (ptrace(PTRACE_SYSCALL, thread, 0, 0) || waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status))
		return -1;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) <= 0)
		return -1;
	return info.op == PTRACE_SYSCALL_INFO_ENTRY ? (long)info.entry.nr : -2;
}

int main(void)
{
	pid_t child;
	long number;
	int status;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = fork();
	if (!child)
		_exit(program());
	while (!shared->traced)
		usleep(1000);
	if (ptrace(PTRACE_SEIZE, shared->traced, 0, PTRACE_O_TRACESYSGOOD) || ptrace(PTRACE_INTERRUPT, shared->traced, 0, 0) ||
	    waitpid(shared->traced, &status, __WALL) < 0)
		return 1;
	shared->traced_goes = 1;
	do {
		number = next_stop(shared->traced);
		if (number == -1)
			return 2;
	} while (number != SYS_getpgid);
	shared->install = 1;
	while (!shared->installed)
		usleep(1000);
	ptrace(PTRACE_DETACH, shared->traced, 0, 0);
	waitpid(child, &status, 0);
	errno = shared->result;
	observe_errno("filtered", shared->result ? -1 : 0);
	observe("program", WEXITSTATUS(status));
	return 0;
}
