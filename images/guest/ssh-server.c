/* SPDX-License-Identifier: GPL-2.0-only */
/* How the SSH server is started, and its host key made. No other file knows which server it is. */
#include "guest.h"
#include "sys.h"

#include <linux/fcntl.h>

#define HOST_KEY "/run/host-key"
#define KEY_TYPE "ssh-ed25519 "
#define LOG "/run/dropbear.log"

enum { LOCAL = 1, STREAM = 1 }; /* AF_UNIX, SOCK_STREAM */

/*
 * In a guest with packages, the server's libraries are in a folder of their own (harness/guest/initramfs/merged-usr.ts). It hands
 * nothing of this on to its sessions.
 */
static char *const environment[] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", "TERM=linux",
				     "LD_LIBRARY_PATH=/usr/lib/kconform", NULL };

/* Runs a program to its end. @param output gets what it prints, ended by a NUL */
static void run(char **arguments, char *output, size_t size)
{
	size_t length = 0;
	int ends[2];
	word pid = sys(__NR_pipe2, ends, O_CLOEXEC), got;

	if (pid < 0)
		die("pipe", pid);
	pid = fork_process();
	if (pid == 0) {
		sys(__NR_dup2, ends[1], 1);
		sys(__NR_execve, arguments[0], arguments, environment);
		leave(127);
	}
	sys(__NR_close, ends[1]);
	while (length + 1 < size && (got = sys(__NR_read, ends[0], output + length, size - 1 - length)) > 0)
		length += got;
	output[length] = 0;
	sys(__NR_close, ends[0]);
	sys(__NR_wait4, pid, 0, 0, 0);
}

const char *make_host_key(void)
{
	static char output[2048];
	char *arguments[] = { "/bin/dropbearkey", "-t", "ed25519", "-f", HOST_KEY, NULL };
	char *key = output, *end;

	run(arguments, output, sizeof(output));
	while (*key && !(starts_with(key, KEY_TYPE) && (key == output || key[-1] == '\n')))
		key++;
	if (!*key)
		die("dropbearkey printed no key", 0);
	for (end = key + length_of(KEY_TYPE); *end && *end != ' ' && *end != '\n'; end++)
		;
	*end = 0;
	return key;
}

static word open_log(void)
{
	return sys(__NR_open, LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void start_listening_server(void)
{
	char *arguments[] = { "/bin/dropbear", "-F", "-E", "-s", "-j", "-k", "-m", "-W", "1048576", "-P",
			      "/run/dropbear.pid", "-p", "127.0.0.1:22", "-r", HOST_KEY, NULL };
	word log;

	if (fork_process() != 0)
		return;
	sys(__NR_setsid);
	log = open_log();
	sys(__NR_dup2, log, 1);
	sys(__NR_dup2, log, 2);
	sys(__NR_execve, arguments[0], arguments, environment);
	leave(127);
}

int start_connected_server(void)
{
	char *arguments[] = { "/bin/dropbear", "-i", "-B", "-j", "-k", "-m", "-W", "1048576", "-r", HOST_KEY, NULL };
	int ends[2];

	if (sys(__NR_socketpair, LOCAL, STREAM | O_CLOEXEC, 0, ends) < 0)
		leave(1);
	if (fork_process() == 0) {
		word log = open_log();

		sys(__NR_setsid);
		sys(__NR_dup2, ends[1], 0);
		sys(__NR_dup2, ends[1], 1);
		sys(__NR_dup2, log, 2);
		sys(__NR_execve, arguments[0], arguments, environment);
		leave(127);
	}
	sys(__NR_close, ends[1]);
	return ends[0];
}
