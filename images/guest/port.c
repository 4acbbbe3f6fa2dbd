/* SPDX-License-Identifier: GPL-2.0-only */
/* virtio-serial ports: /dev/vportNpM, named in sysfs (drivers/char/virtio_console.c). */
#define _GNU_SOURCE
#include "guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_port_now(const char *name)
{
	DIR *ports = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int found = -1;

	if (!ports)
		return -1;
	while (found < 0 && (entry = readdir(ports))) {
		char path[300], text[64];
		ssize_t length;
		int fd;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
		if (length <= 0)
			continue;
		text[length] = 0;
		text[strcspn(text, "\n")] = 0;
		if (strcmp(text, name) != 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		found = open(path, O_RDWR | O_CLOEXEC);
	}
	closedir(ports);
	return found;
}

int open_port(const char *name)
{
	for (int tries = 0; tries < 200; tries++) {
		int port = open_port_now(name);

		if (port >= 0)
			return port;
		usleep(5000);
	}
	return -1;
}

int port_is_idle(int port)
{
	struct pollfd state = { .fd = port, .events = POLLIN };

	return poll(&state, 1, 0) < 0 || (state.revents & POLLHUP);
}
