/* SPDX-License-Identifier: GPL-2.0-only */
/* virtio-serial ports: /dev/vportNpM, named in sysfs (drivers/char/virtio_console.c). */
#include "guest.h"
#include "sys.h"

#include <linux/fcntl.h>

struct directory_entry { /* struct linux_dirent64 */
	uint64_t ino;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static int open_if_named(const char *device, const char *name, int flags)
{
	char path_bytes[300], found[64];
	struct text path = TEXT(path_bytes);

	add_text(&path, "/sys/class/virtio-ports/");
	add_text(&path, device);
	add_text(&path, "/name");
	if (read_text(path_bytes, found, sizeof(found)) <= 0)
		return -1;
	for (char *at = found; *at; at++)
		if (*at == '\n')
			*at = 0;
	if (!same_text(found, name))
		return -1;
	path.length = 0;
	add_text(&path, "/dev/");
	add_text(&path, device);
	return (int)sys(__NR_open, path_bytes, O_RDWR | O_CLOEXEC | flags);
}

static int open_port_now(const char *name, int flags)
{
	static char entries[4096] __attribute__((aligned(8)));
	word ports = sys(__NR_open, "/sys/class/virtio-ports", O_RDONLY | O_DIRECTORY | O_CLOEXEC), length;
	int found = -1;

	if (ports < 0)
		return -1;
	while (found < 0 && (length = sys(__NR_getdents64, ports, entries, sizeof(entries))) > 0) {
		for (word at = 0; at < length && found < 0;) {
			struct directory_entry *entry = (struct directory_entry *)(entries + at);

			if (entry->name[0] != '.')
				found = open_if_named(entry->name, name, flags);
			at += entry->length;
		}
	}
	sys(__NR_close, ports);
	return found;
}

int open_port(const char *name, int flags)
{
	for (int tries = 0; tries < 1000; tries++) {
		int port = open_port_now(name, flags);

		if (port >= 0)
			return port;
		sleep_ms(5);
	}
	return -1;
}

int port_is_idle(int port)
{
	struct poll_entry state = { .fd = port, .events = POLL_IN };

	return sys(__NR_poll, &state, 1, 0) < 0 || (state.revents & POLL_HUP);
}
