/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loaded into the SSH server of the port (LD_PRELOAD). A clone starts without any translated code, so what counts under software
 * emulation is how much different code of the kernel and of libc runs until the first command has answered. Here the server
 * is spared what it does for machines with many users and without a random generator:
 *   - it stirs ten files of /proc, which the kernel composes at length, into a pool that getrandom(2) has filled before;
 *   - it looks for its user, his groups and his shells in /etc, and for a name service;
 *   - it looks for a syslogd;
 *   - it has a shell start the agent.
 * And it is kept from a fault of dropbear 2022.83 (svr-chansession.c, sesscheckclose): when any command ends while a channel is open
 * that has no command yet, it closes that channel; the command that is asked for next is run all the same, and what it prints ends
 * the whole server (an assertion in common-channel.c). Ends of commands wait here until no channel is without one.
 */
#include "sys.h"

#include <asm/errno.h>
#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

#define AGENT "/bin/agent"
#define SHELL "/bin/sh"
/* How long a client has for its command, in milliseconds; none of ours fails to ask for it. */
#define COMMAND_WAIT 1000

enum { SERVICE_REQUEST = 5, CHANNEL_OPEN = 90, CHANNEL_REQUEST = 98 }; /* RFC 4250, 4.1.2 */

struct interval { /* struct timeval */
	int64_t seconds, microseconds;
};

extern char **environ;
int *__errno_location(void);

static struct passwd root = { .pw_name = "root", .pw_passwd = "", .pw_gecos = "", .pw_dir = "/root", .pw_shell = SHELL };
static int shells_told;

static const void *receiving; /* the cipher of what the client says */
static int ends_of_commands = -1; /* a pipe that the handler of SIGCHLD writes to */
static int64_t opened_at; /* when a channel was opened that has no command yet; 0 where there is none */

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

static int64_t now_ms(void)
{
	struct duration now;

	sys(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, &now);
	return now.seconds * 1000 + now.nanoseconds / 1000000 + 1;
}

static int has(const unsigned char *packet, unsigned long length, int at, const char *word_there)
{
	for (int i = 0; word_there[i]; i++)
		if ((unsigned long)(at + i) >= length || packet[at + i] != (unsigned char)word_there[i])
			return 0;
	return 1;
}

/* A packet without its length: that of the padding, the type, and what RFC 4254 has for it. */
static void see_packet(const void *cipher, const unsigned char *packet, unsigned long length)
{
	if (length < 11)
		return;
	if (!receiving && packet[1] == SERVICE_REQUEST && has(packet, length, 6, "ssh-userauth"))
		receiving = cipher;
	if (cipher != receiving)
		return;
	if (packet[1] == CHANNEL_OPEN)
		opened_at = now_ms();
	else if (packet[1] == CHANNEL_REQUEST && (has(packet, length, 10, "exec") || has(packet, length, 10, "shell")))
		opened_at = 0;
}

/* Of libtomcrypt: each packet goes through it after its length, which does so alone. */
int chacha_crypt(void *cipher, const unsigned char *in, unsigned long length, unsigned char *out)
{
	static int (*next)(void *, const unsigned char *, unsigned long, unsigned char *);
	int result;

	if (!next)
		next = (int (*)(void *, const unsigned char *, unsigned long, unsigned char *))dlsym((void *)-1 /* RTLD_NEXT */, "chacha_crypt");
	result = next(cipher, in, length, out);
	see_packet(cipher, out, length);
	return result;
}

/* The first of the server is the one of its handler. */
int pipe(int ends[2])
{
	word result = sys(__NR_pipe, ends);

	if (result == 0 && ends_of_commands < 0)
		ends_of_commands = ends[0];
	return (int)or_errno(result);
}

/* The server looks at ends of commands and at its next packet in one go: the packet, which may open a channel, comes first. */
int select(int count, uint64_t *readable, uint64_t *writable, uint64_t *exceptional, struct interval *limit)
{
	uint64_t ends = (uint64_t)1 << (ends_of_commands & 63);
	int64_t left = opened_at ? opened_at + COMMAND_WAIT - now_ms() : 0;
	word result;

	if (ends_of_commands < 0 || ends_of_commands > 63 || !readable)
		return (int)or_errno(sys(__NR_select, count, readable, writable, exceptional, limit));
	if (left > 0) {
		readable[0] &= ~ends;
		if (limit && limit->seconds >= COMMAND_WAIT / 1000)
			*limit = (struct interval){ .seconds = left / 1000, .microseconds = left % 1000 * 1000 };
	} else {
		opened_at = 0;
	}
	result = sys(__NR_select, count, readable, writable, exceptional, limit);
	if (result > 1 && readable[0] & 1)
		readable[0] &= ~ends;
	return (int)or_errno(result);
}
