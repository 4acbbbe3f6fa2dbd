/* SPDX-License-Identifier: GPL-2.0-only */
/* The hub's frames to the host. */
#include "agent.h"

static int left;

void answer_host(const struct frame *frame, size_t payload)
{
	/* Most frames are short. In one write each is one packet of the SSH server, which wakes up once for it. */
	static uint8_t whole[4 + sizeof(struct header) + 512];
	uint32_t length = sizeof(struct header) + payload;
	size_t size = 4 + (size_t)length;

	if (left)
		return;
	if (size > sizeof(whole)) {
		left = write_all(1, &length, 4) < 0 || write_all(1, frame, length) < 0;
		return;
	}
	memcpy(whole, &length, 4);
	memcpy(whole + 4, frame, length);
	left = write_all(1, whole, size) < 0;
}

int host_has_left(void)
{
	return left;
}
