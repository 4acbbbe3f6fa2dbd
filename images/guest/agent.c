/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's hub: hands the host's frames to the workers and commands that they name, and serves both. */
#include "agent.h"
#include "guest.h"

#include <asm/errno.h>

static struct frame request, reply;
static uint8_t input[4 + sizeof(struct frame)];
static size_t input_length, to_skip;

static void refuse_host(const struct header *to, const char *why)
{
	reply.header = *to;
	answer_host(&reply, refuse(&reply, why));
}

static void from_host(size_t length)
{
	const struct header *header = &request.header;
	const int of_command = is_command(header->process), of_process = is_process(header->process);
	const char *why = NULL;
	size_t answer;

	reply.header = *header;
	switch (header->op) {
	case OP_INPUT:
		give_input(header->process, request.payload, length);
		return;
	case OP_RESIZE:
		resize_terminal(header->process, request.payload, length);
		return;
	case OP_PROGRAM:
	case OP_SEND_FD:
	case OP_FORK:
		why = of_process ? hand_to_process(&request, length) : "no such process";
		if (why)
			refuse_host(header, why);
		return;
	case OP_SPAWN:
	case OP_RUN:
		if (of_command || of_process)
			answer = refuse(&reply, "there is a process of that id");
		else if (header->op == OP_SPAWN)
			answer = spawn_process(header, &reply);
		else
			answer = run_command(header, request.payload, length, &reply);
		break;
	case OP_KILL:
		if (of_command)
			answer = signal_command(header, request.payload, length, &reply);
		else if (of_process)
			answer = signal_process(header, request.payload, length, &reply);
		else
			answer = refuse(&reply, "no such process");
		break;
	case OP_STACK:
		answer = of_process ? show_stacks(header, &reply) : refuse(&reply, "no such process");
		break;
	default:
		answer = refuse(&reply, "unknown operation");
	}
	answer_host(&reply, answer);
}

/* Takes whole frames out of the input. One of impossible length is refused, and skipped by the length that it claims. */
static int read_host(void)
{
	word got = sys(__NR_read, 0, input + input_length, sizeof(input) - input_length);
	size_t at = 0;

	if (got == -EINTR || got == -EAGAIN)
		return 1;
	if (got <= 0)
		return 0;
	input_length += got;
	for (;;) {
		size_t have = input_length - at, skipped = have < to_skip ? have : to_skip;
		uint32_t length;

		at += skipped;
		have -= skipped;
		to_skip -= skipped;
		if (have < 4)
			break;
		memcpy(&length, input + at, 4);
		if (length < sizeof(struct header) || length > sizeof(struct frame)) {
			struct header header = { 0, 0, 0 };

			if (length > sizeof(struct frame)) {
				if (have < 4 + sizeof(header))
					break;
				memcpy(&header, input + at + 4, sizeof(header));
			}
			refuse_host(&header, "a frame of impossible length");
			to_skip = 4 + (size_t)length;
			continue;
		}
		if (have < 4 + (size_t)length)
			break;
		memcpy(&request, input + at + 4, length);
		at += 4 + (size_t)length;
		from_host(length - sizeof(struct header));
	}
	memmove(input, input + at, input_length - at);
	input_length -= at;
	return 1;
}

int agent_main(void)
{
	static struct poll_entry ends[1 + PROCESS_POLLS + COMMAND_POLLS];

	prepare_hub();
	start_spare_worker();
	while (!host_has_left()) {
		int lingering = 0, processes, commands;

		ends[0] = (struct poll_entry){ .fd = 0, .events = POLL_IN };
		processes = process_polls(ends + 1, &lingering);
		commands = command_polls(ends + 1 + processes);
		if (sys(__NR_poll, ends, 1 + processes + commands, lingering ? 50 : -1) < 0)
			continue;
		serve_commands(ends + 1 + processes, commands);
		serve_processes(ends + 1, processes);
		if (ends[0].revents && !read_host())
			break;
	}
	kill_commands(); /* nothing that was started for a host outlives the connection to it */
	return 0;
}
