/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leads the SSH port to the SSH server on the loopback device. dropbear refuses a character device as its connection, so
 * there is a TCP connection between. It is made before a client comes: the server's start is over when a guest is frozen.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(22) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (;;) {
		int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int on = 1;

		if (server < 0)
			_exit(1);
		setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (connect(server, (struct sockaddr *)&address, sizeof(address)) == 0)
			return server;
		close(server);
		usleep(2000);
	}
}

static int write_all(int fd, const char *bytes, ssize_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written <= 0)
			return -1;
		bytes += written;
		length -= written;
	}
	return 0;
}

/* Until either side ends. */
static void shuttle(int port, int server)
{
	static char bytes[65536];
	struct pollfd ends[2] = { { .fd = port, .events = POLLIN }, { .fd = server, .events = POLLIN } };

	for (;;) {
		if (poll(ends, 2, -1) < 0)
			return;
		if (ends[0].revents & POLLHUP)
			return;
		for (int i = 0; i < 2; i++) {
			ssize_t length;

			if (!(ends[i].revents & (POLLIN | POLLERR | POLLHUP)))
				continue;
			length = read(ends[i].fd, bytes, sizeof(bytes));
			if (length <= 0 || write_all(ends[1 - i].fd, bytes, length) < 0)
				return;
		}
	}
}

/* 1 when a client has come, 0 when the server gave up waiting for one. */
static int await_client(int port, int server)
{
	while (port_is_idle(port)) {
		char byte;
		ssize_t length;

		usleep(2000);
		/* Bytes that wait are the server's greeting; an end is its time-out. */
		length = recv(server, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
		if (length == 0)
			return 0;
	}
	return 1;
}

void relay_main(int ready_fd)
{
	int port = open_port("kconform.ssh");

	if (port < 0)
		_exit(1);
	for (;;) {
		int server = connect_to_server();
		struct pollfd greeting = { .fd = server, .events = POLLIN };
		char drained[512];

		poll(&greeting, 1, -1);
		if (ready_fd >= 0) {
			write_all(ready_fd, "r", 1);
			close(ready_fd);
			ready_fd = -1;
		}
		if (await_client(port, server)) {
			shuttle(port, server);
			close(server);
			/* What the old client still sends must not reach the next one's connection. */
			while (!port_is_idle(port)) {
				if (read(port, drained, sizeof(drained)) <= 0)
					usleep(2000);
			}
		} else {
			close(server);
		}
	}
}
