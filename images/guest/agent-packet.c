/* SPDX-License-Identifier: GPL-2.0-only */
#include "agent.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <asm/socket.h>

/* A packet of the kernel's is in one piece: longer ones would fail where memory is in pieces. */
#define PACKET_LIMIT (64 * 1024)
#define IN_MEMORY 0x80
enum { UNIX = 1, SEQUENCED_PACKETS = 5, RIGHTS = 1, NO_SIGNAL = 0x4000, CLOSE_ON_EXEC = 0x40000000 };

union passed_control {
	struct control_header header;
	char bytes[sizeof(struct control_header) + PASSED_LIMIT * sizeof(int) + 8];
};

int new_packet_pair(int pair[2])
{
	int size = 16 * PACKET_LIMIT;

	if (sys(__NR_socketpair, UNIX, SEQUENCED_PACKETS | O_CLOEXEC, 0, pair) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		if (sys(__NR_setsockopt, pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
			sys(__NR_setsockopt, pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

static int payload_in_memory(const struct frame *frame, size_t length)
{
	int memory = (int)sys(__NR_memfd_create, "kconform", 1 /* MFD_CLOEXEC */);

	if (memory < 0)
		return memory;
	if (write_all(memory, frame->payload, length) == 0)
		return memory;
	sys(__NR_close, memory);
	return -ENOSPC;
}

int send_packet(int socket, const struct frame *frame, size_t length, const int *passed, int count, int flags)
{
	struct header header = frame->header;
	uint32_t whole = length;
	struct io_vector data[2] = { { &header, sizeof(header) }, { (void *)frame->payload, length } };
	union passed_control control;
	struct message_header envelope = { .vectors = data, .vector_count = 2 };
	int descriptors[PASSED_LIMIT], memory = -1;
	word sent;

	for (int i = 0; i < count; i++)
		descriptors[i] = passed[i];
	if (length > PACKET_LIMIT) {
		memory = payload_in_memory(frame, length);
		if (memory < 0)
			return memory;
		descriptors[count++] = memory;
		header.op |= IN_MEMORY;
		data[1] = (struct io_vector){ &whole, sizeof(whole) };
	}
	if (count > 0) {
		control.header = (struct control_header){ sizeof(control.header) + count * sizeof(int), SOL_SOCKET, RIGHTS };
		memcpy(&control.header + 1, descriptors, count * sizeof(int));
		envelope.control = &control;
		envelope.control_length = (control.header.length + 7) & ~7ul;
	}
	do
		sent = sys(__NR_sendmsg, socket, &envelope, flags | NO_SIGNAL);
	while (sent == -EINTR);
	if (memory >= 0)
		sys(__NR_close, memory);
	return sent < 0 ? (int)sent : 0;
}

static word read_memory(int memory, struct frame *frame)
{
	uint32_t length;
	size_t have = 0;

	memcpy(&length, frame->payload, sizeof(length));
	while (have < length && length <= PAYLOAD_LIMIT) {
		word got = sys(__NR_pread64, memory, frame->payload + have, length - have, have);

		if (got <= 0)
			break;
		have += got;
	}
	return have == length ? (word)length : -EIO;
}

word receive_packet(int socket, struct frame *frame, int passed[PASSED_LIMIT], int flags)
{
	struct io_vector data = { frame, sizeof(struct header) + PACKET_LIMIT };
	union passed_control control;
	struct message_header envelope = { .vectors = &data, .vector_count = 1, .control = &control,
					   .control_length = sizeof(control) };
	word length;
	int count = 0;

	for (int i = 0; i < PASSED_LIMIT; i++)
		passed[i] = -1;
	do
		length = sys(__NR_recvmsg, socket, &envelope, flags | CLOSE_ON_EXEC);
	while (length == -EINTR);
	if (length < (word)sizeof(struct header))
		return length == -EAGAIN ? -EAGAIN : -EPIPE;
	length -= sizeof(struct header);
	if (envelope.control_length >= sizeof(control.header) && control.header.type == RIGHTS) {
		count = (control.header.length - sizeof(control.header)) / sizeof(int);
		memcpy(passed, &control.header + 1, count * sizeof(int));
	}
	if (frame->header.op & IN_MEMORY) {
		frame->header.op &= ~IN_MEMORY;
		if (count == 0)
			return 0; /* no room for one more descriptor: an empty payload is refused as malformed */
		length = read_memory(passed[count - 1], frame);
		sys(__NR_close, passed[count - 1]);
		passed[count - 1] = -1;
		if (length < 0)
			return 0;
	}
	return length;
}

size_t refuse(struct frame *reply, const char *why)
{
	size_t length = length_of(why);

	reply->header.op = STATUS_ERROR;
	memcpy(reply->payload, why, length);
	return length;
}

size_t refuse_start(struct frame *reply, const char *what, word error)
{
	char why_bytes[64];
	struct text why = TEXT(why_bytes);

	add_text(&why, what);
	add_text(&why, error == -EPERM  ? ": EPERM" :
		       error == -ENOMEM ? ": ENOMEM" :
		       error == -EAGAIN ? ": EAGAIN" :
		       error == -EINVAL ? ": EINVAL" :
		       error == -ENOSPC ? ": ENOSPC" :
					  ": the kernel refused");
	return refuse(reply, why_bytes);
}
