/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connects the SSH port to an SSH server of its own. The server refuses a character device as its connection, so there is a socket
 * between: of the UNIX domain, since the way through TCP costs a clone some 2,000 blocks of code to translate. The server is started
 * before a client comes, so that a frozen guest has it.
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <linux/fcntl.h>

#define SERVERS "/run/ssh-servers"
#define LAST_WORDS "the SSH server has ended\n"

enum { PEEK = 2, DONT_WAIT = 0x40 }; /* MSG_PEEK, MSG_DONTWAIT */

static char bytes[65536];

/* Until either side ends; nonzero when it was the client that left. */
static int shuttle(int port, int server)
{
	struct poll_entry ends[2] = { { .fd = port, .events = POLL_IN }, { .fd = server, .events = POLL_IN } };

	for (;;) {
		if (sys(__NR_poll, ends, 2, -1) < 0)
			continue;
		if (ends[0].revents & POLL_HUP)
			return 1;
		for (int i = 0; i < 2; i++) {
			word length;

			if (!(ends[i].revents & (POLL_IN | POLL_ERR | POLL_HUP)))
				continue;
			length = sys(__NR_read, ends[i].fd, bytes, sizeof(bytes));
			if (length == -EAGAIN || length == -EINTR)
				continue;
			if (length <= 0 || write_all(ends[1 - i].fd, bytes, length) < 0)
				return port_is_idle(port);
		}
	}
}

/* What a client still sent must not reach the next one's connection. Ends when the client has left. */
static void drain(int port, int client_left)
{
	while (!client_left) {
		struct poll_entry input = { .fd = port, .events = POLL_IN };

		sys(__NR_poll, &input, 1, -1);
		client_left = input.revents & POLL_HUP;
		if (!client_left)
			sys(__NR_read, port, bytes, sizeof(bytes));
	}
	while (sys(__NR_read, port, bytes, sizeof(bytes)) > 0)
		;
}

/* 1 when a client has come, 0 when the server gave up waiting for one. */
static int await_client(int port, int server)
{
	while (port_is_idle(port)) {
		char byte;

		sleep_ms(2);
		/* Bytes that wait are the server's greeting; an end is its time-out. */
		if (sys(__NR_recvfrom, server, &byte, 1, PEEK | DONT_WAIT, 0, 0) == 0)
			return 0;
	}
	return 1;
}

/* How many servers have greeted, in SERVERS: the host reads there that the port is ready for its next client. */
static void write_server_count(int count)
{
	char text_bytes[24];
	struct text text = TEXT(text_bytes);
	word fd = sys(__NR_open, SERVERS, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	add_number(&text, count);
	add_text(&text, "\n");
	if (fd < 0)
		return;
	write_all(fd, text.bytes, text.length);
	sys(__NR_close, fd);
}

void relay_main(int ready_fd)
{
	int port = open_port("kconform.ssh", O_NONBLOCK), count = 0;

	if (port < 0)
		leave(1);
	/* A zombie has no network namespace: reading its /proc/PID/net fails, at which selftests stumble (proc/read). */
	leave_no_zombies();
	for (;;) {
		int server = start_connected_server();
		struct poll_entry greeting = { .fd = server, .events = POLL_IN };

		sys(__NR_poll, &greeting, 1, -1);
		write_server_count(++count);
		if (ready_fd >= 0) {
			write_all(ready_fd, "r", 1);
			sys(__NR_close, ready_fd);
			ready_fd = -1;
		}
		if (await_client(port, server)) {
			int client_left = shuttle(port, server);

			sys(__NR_close, server);
			/* The port stays open: what is no packet tells the client that its server has gone. */
			if (!client_left)
				write_all(port, LAST_WORDS, sizeof(LAST_WORDS) - 1);
			drain(port, client_left);
		} else {
			sys(__NR_close, server);
		}
	}
}
