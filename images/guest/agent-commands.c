/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: programs that the hub starts, feeds with input and whose output it sends to the host (agent.h has the frames).
 * A command leads a process group of its own, with a terminal a session too. It has ended when its first process has. What that
 * process left in the pipes is sent first. Pipes that others still hold are closed, as an SSH server does.
 */
#include "agent-start.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/signal.h>

#define COMMAND_LIMIT 256
#define OUTPUT_PART 65536

/* Of a command's descriptors, after its streams. */
enum { PROCESS = ERROR + 1, DESCRIPTORS };

static struct command {
	uint32_t id;
	int pid;
	/* Pipes, or a terminal, which is both INPUT and OUTPUT (two descriptors of it), and a pidfd; -1 when closed. */
	int fds[DESCRIPTORS];
	struct launch *launch;
	/* Input that the program has not taken yet. */
	uint8_t queue[INPUT_WINDOW];
	size_t queued;
	uint8_t has_terminal, input_ended;
} commands[COMMAND_LIMIT];
static int command_count;

static struct frame output;

static struct command *command_by_id(uint32_t id)
{
	for (int i = 0; i < command_count; i++)
		if (commands[i].id == id)
			return &commands[i];
	return NULL;
}

int is_command(uint32_t id)
{
	return command_by_id(id) != NULL;
}

static void close_end(struct command *command, int end)
{
	if (command->fds[end] >= 0)
		sys(__NR_close, command->fds[end]);
	command->fds[end] = -1;
}

size_t run_command(const struct header *header, const uint8_t *payload, size_t length, struct frame *reply)
{
	static struct start start;
	struct command *command = &commands[command_count];
	struct started started;
	word result;

	if (is_command(header->process))
		return refuse(reply, "there is a process of that id");
	if (command_count == COMMAND_LIMIT)
		return refuse(reply, "too many commands at once");
	if (!read_start(payload, length, &start))
		return refuse(reply, "a command without a program, or of impossible length");
	result = start_program(&start, &started);
	if (result < 0)
		return refuse_start(reply, "cannot start a command", result);
	command->id = header->process;
	command->pid = started.pid;
	command->queued = 0; /* the queue itself is left as it is: clearing it costs a clone 16 page faults */
	command->input_ended = (start.flags & WITHOUT_INPUT) != 0;
	memcpy(command->fds, started.streams, sizeof(started.streams));
	command->fds[PROCESS] = started.pidfd;
	command->launch = started.launch;
	command->has_terminal = start.flags & WITH_TERMINAL;
	command_count++;
	if (command->input_ended && !command->has_terminal)
		close_end(command, INPUT);
	reply->header = *header;
	reply->header.op = STATUS_OK;
	memcpy(reply->payload, &command->pid, 4);
	return 4;
}

/* ---- while it runs ---- */

static void tell(const struct command *command, uint8_t status, size_t length)
{
	output.header = (struct header){ command->id, 0, status };
	answer_host(&output, length);
}

/* Hands on what the program takes now. Input that nobody will read any more is dropped. */
static void feed(struct command *command)
{
	uint32_t taken = 0;

	while (command->queued > 0) {
		word written = command->fds[INPUT] < 0 ? -EPIPE :
							 sys(__NR_write, command->fds[INPUT], command->queue, command->queued);

		if (written == -EINTR)
			continue;
		if (written == -EAGAIN)
			break;
		if (written <= 0) {
			close_end(command, INPUT);
			written = command->queued;
		}
		command->queued -= written;
		taken += written;
		memmove(command->queue, command->queue + written, command->queued);
	}
	if (command->input_ended && command->queued == 0 && !command->has_terminal)
		close_end(command, INPUT);
	if (taken > 0) {
		memcpy(output.payload, &taken, 4);
		tell(command, STATUS_TAKEN, 4);
	}
}

void give_input(uint32_t id, const uint8_t *payload, size_t length)
{
	struct command *command = command_by_id(id);

	if (!command)
		return; /* It has ended, and the host will read so. */
	if (length == 0)
		command->input_ended = 1;
	if (length > sizeof(command->queue) - command->queued)
		leave(1); /* more than was agreed on: the stream is broken */
	memcpy(command->queue + command->queued, payload, length);
	command->queued += length;
	feed(command);
}

size_t signal_command(const struct header *header, const uint8_t *payload, size_t length, struct frame *reply)
{
	struct reader reader = { payload, payload + length, 0 };
	int number = (int)take(&reader, 4);
	struct command *command = command_by_id(header->process);
	word result = reader.bad ? -EINVAL : sys(__NR_kill, -command->pid, number);

	if (result == -ESRCH) /* it has not made its group yet */
		result = sys(__NR_pidfd_send_signal, command->fds[PROCESS], number, 0, 0);
	if (result < 0)
		return refuse(reply, "cannot signal the command");
	reply->header = *header;
	reply->header.op = STATUS_OK;
	return 0;
}

void resize_terminal(uint32_t id, const uint8_t *payload, size_t length)
{
	struct command *command = command_by_id(id);
	uint16_t size[4] = { 0 };

	if (!command || !command->has_terminal || length != 4)
		return;
	memcpy(size, payload, 4);
	sys(__NR_ioctl, command->fds[OUTPUT], TIOCSWINSZ, size);
}

/* One part of a stream; nonzero when there may be more now. */
static int pass_part(struct command *command, int stream)
{
	word length;

	if (command->fds[stream] < 0)
		return 0;
	length = sys(__NR_read, command->fds[stream], output.payload, OUTPUT_PART);
	if (length == -EINTR)
		return 1;
	if (length == -EAGAIN)
		return 0;
	if (length <= 0) { /* EIO of a terminal: nobody has its other side */
		close_end(command, stream);
		return 0;
	}
	tell(command, stream == OUTPUT ? STATUS_OUTPUT : STATUS_ERROR_OUTPUT, length);
	return 1;
}

static void end_command(int index)
{
	struct command *command = &commands[index];
	int status = -1;

	/* Bounded: another process may print for ever. */
	for (int part = 0; part < 1024 && pass_part(command, OUTPUT) + pass_part(command, ERROR) > 0; part++)
		;
	sys(__NR_wait4, command->pid, &status, 0, 0);
	free_launch(command->launch);
	for (int end = 0; end < DESCRIPTORS; end++)
		close_end(command, end);
	memcpy(output.payload, &status, 4);
	memcpy(output.payload + 4, &command->pid, 4);
	tell(command, STATUS_ENDED, 8);
	if (index != --command_count)
		memcpy(command, &commands[command_count], sizeof(*command));
}

int command_polls(struct poll_entry *entries)
{
	for (int i = 0; i < command_count; i++)
		for (int end = 0; end < DESCRIPTORS; end++) {
			int fd = end == INPUT && commands[i].queued == 0 ? -1 : commands[i].fds[end];

			entries[i * DESCRIPTORS + end] =
				(struct poll_entry){ .fd = fd, .events = end == INPUT ? POLL_OUT : POLL_IN };
		}
	return command_count * DESCRIPTORS;
}

void serve_commands(const struct poll_entry *entries, int count)
{
	for (int i = count / DESCRIPTORS - 1; i >= 0; i--) {
		const struct poll_entry *of = entries + i * DESCRIPTORS;

		if (of[INPUT].revents)
			feed(&commands[i]);
		if (of[OUTPUT].revents)
			pass_part(&commands[i], OUTPUT);
		if (of[ERROR].revents)
			pass_part(&commands[i], ERROR);
		if (of[PROCESS].revents)
			end_command(i);
	}
}

void kill_commands(void)
{
	for (int i = 0; i < command_count; i++)
		sys(__NR_kill, -commands[i].pid, SIGKILL);
}
