/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system-call agent: a hub, which talks with the host over its standard streams, and workers, which make the calls.
 * Frames of the host's stream, little endian (harness/scenario/agent has the other end):
 *   u32 length of the rest, u32 process, u32 sequence, u8 operation or status, payload
 * Between hub and worker each frame is one packet, without the length.
 */
#ifndef KCONFORM_AGENT_H
#define KCONFORM_AGENT_H

#include "sys.h"

enum { OP_SPAWN = 1, OP_PROGRAM, OP_SEND_FD, OP_KILL, OP_STACK, OP_FORK };
/* Between hub and worker only. */
enum { OP_RECEIVE_FD = 100, OP_FD, OP_FORKED };
enum { STATUS_OK, STATUS_ERROR, STATUS_ENDED };

#define PAYLOAD_LIMIT (16 * 1024 * 1024)
#define PASSED_LIMIT 3

struct header {
	uint32_t process, sequence;
	uint8_t op;
} __attribute__((packed));

struct frame {
	struct header header;
	uint8_t payload[PAYLOAD_LIMIT];
} __attribute__((packed));

/* Reads a payload: past its end everything is zero, and `bad` is set. */
struct reader {
	const uint8_t *at, *end;
	int bad;
};

static inline uint64_t take(struct reader *reader, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->bad = 1;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

/* agent-packet.c. What is long goes in a file of memory beside the packet; `passed` descriptors stay the caller's. */
int new_packet_pair(int pair[2]);
int send_packet(int socket, const struct frame *frame, size_t length, const int *passed, int count, int flags);
/* Length of the payload; -EAGAIN; other negative values at the end of the connection. Unused places in `passed` are -1. */
word receive_packet(int socket, struct frame *frame, int passed[PASSED_LIMIT], int flags);
/* Makes the frame an error with that reason; the length of its payload. */
size_t refuse(struct frame *reply, const char *why);
/* The same for a clone(2) that failed: what, with the name of its error. */
size_t refuse_start(struct frame *reply, const char *what, word error);

/* agent-program.c: carries out a program's calls; the length of the reply's payload. */
size_t run_program(const uint8_t *payload, size_t length, struct frame *reply);

/* agent-worker.c */
_Noreturn void worker_main(int hub);

#endif
