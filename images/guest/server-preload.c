/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loaded into the SSH server of the port (LD_PRELOAD). A clone starts without any translated code, so what counts under software
 * emulation is how much different code of the kernel and of libc runs until the first command has answered. Here the server
 * is spared what it does for machines with many users and without a random generator:
 *   - it stirs ten files of /proc, which the kernel composes at length, into a pool that getrandom(2) has filled before;
 *   - it looks for its user, his groups and his shells in /etc, and for a name service;
 *   - it looks for a syslogd;
 *   - it has a shell start the agent.
 */
#include "sys.h"

#include <asm/errno.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#define AGENT "/bin/agent"
#define SHELL "/bin/sh"

extern char **environ;
int *__errno_location(void);

static struct passwd root = { .pw_name = "root", .pw_passwd = "", .pw_gecos = "", .pw_dir = "/root", .pw_shell = SHELL };
static int shells_told;

static word or_errno(word result)
{
	if (result >= 0)
		return result;
	*__errno_location() = (int)-result;
	return -1;
}

static int equal(const char *one, const char *other)
{
	while (*one && *one == *other)
		one++, other++;
	return *one == *other;
}

int open(const char *path, int flags, ...)
{
	const char *proc = "/proc/";
	int same = 0;

	while (proc[same] && path[same] == proc[same])
		same++;
	/* The third argument, where there is one, is the mode; the server makes files only of its own. */
	return (int)or_errno(proc[same] ? sys(__NR_open, path, flags, 0600) : -ENOENT);
}

/* Of all that it reads so, only how much entropy there is matters in the port's server. */
void *fopen(const char *path, const char *mode)
{
	(void)path;
	(void)mode;
	*__errno_location() = ENOENT;
	return NULL;
}

/* There is no syslogd; what matters is on standard error, in the server's log. */
void __syslog_chk(int priority, int flag, const char *format, ...)
{
	(void)priority;
	(void)flag;
	(void)format;
}

int execv(const char *path, char *const arguments[])
{
	char *const agent[] = { AGENT, NULL };

	if (arguments[0] && arguments[1] && arguments[2] && equal(arguments[2], "exec " AGENT))
		return (int)or_errno(sys(__NR_execve, AGENT, agent, environ));
	return (int)or_errno(sys(__NR_execve, path, arguments, environ));
}

struct passwd *getpwnam(const char *name)
{
	return equal(name, root.pw_name) ? &root : NULL;
}

struct spwd *getspnam(const char *name)
{
	(void)name;
	return NULL;
}

int initgroups(const char *name, gid_t group)
{
	(void)name;
	return (int)or_errno(sys(__NR_setgroups, 1, &group));
}

void setusershell(void)
{
	shells_told = 0;
}

void endusershell(void)
{
}

char *getusershell(void)
{
	return shells_told++ ? NULL : SHELL;
}
