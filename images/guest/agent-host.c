/* SPDX-License-Identifier: GPL-2.0-only */
/* The hub's frames to the host. */
#include "agent.h"

static int left;

void answer_host(const struct frame *frame, size_t payload)
{
	uint32_t length = sizeof(struct header) + payload;

	left = left || write_all(1, &length, 4) < 0 || write_all(1, frame, length) < 0;
}

int host_has_left(void)
{
	return left;
}
