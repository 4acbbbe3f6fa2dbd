/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent's hub: hands the host's frames to the workers and commands that they name, and theirs back. It never waits for
 * one of them, so one that is stuck in the kernel hurts nobody else.
 */
#include "agent.h"
#include "guest.h"
#include "prestart/prestart.h"

#include <asm/errno.h>
#include <linux/fcntl.h>

#define PROCESS_LIMIT 64
#define DONT_WAIT 0x40
/* A worker that closed its connection and still lives (execve) is given up after so many rounds of 50 ms. */
#define LINGER_ROUNDS 20

static struct process {
	uint32_t id;
	int socket; /* -1 once its connection has ended */
	int pidfd;
	int pid; /* as the hub sees it */
	int lingering;
} processes[PROCESS_LIMIT];
static int process_count;

static struct frame request, reply;
static uint8_t input[4 + sizeof(struct frame)];
static size_t input_length, to_skip;

static void refuse_host(const struct header *to, const char *why)
{
	reply.header = *to;
	answer_host(&reply, refuse(&reply, why));
}

static struct process *process_by_id(uint32_t id)
{
	for (int i = 0; i < process_count; i++)
		if (processes[i].id == id)
			return &processes[i];
	return NULL;
}

/* ---- from the host ---- */

/* Forks a worker. What it could not do, or NULL. */
static const char *start_worker(struct process *started)
{
	int pair[2], pid, pidfd;

	if (new_packet_pair(pair) < 0)
		return "cannot start another process";
	pid = (int)fork_process();
	if (pid == 0) {
		int null = (int)sys(__NR_open, "/dev/null", O_RDWR);

		/* What the hub has of other workers and of commands. */
		sys(__NR_close_range, 3, pair[1] - 1, 0);
		sys(__NR_close_range, pair[1] + 1, ~0U, 0);
		for (int fd = 0; fd < 3; fd++)
			sys(__NR_dup2, null, fd);
		if (null > 2)
			sys(__NR_close, null);
		sys(__NR_setsid);
		leave_hub();
		worker_main(pair[1]);
	}
	sys(__NR_close, pair[1]);
	pidfd = pid < 0 ? -1 : (int)sys(__NR_pidfd_open, pid, 0);
	if (pidfd < 0) {
		sys(__NR_close, pair[0]);
		return "cannot fork";
	}
	*started = (struct process){ .socket = pair[0], .pidfd = pidfd, .pid = pid };
	return NULL;
}

/* The first worker, started before it is asked for, so that a template has it and no clone has to fork it. */
static struct process spare_worker = { .socket = -1 };

static void spawn(const struct header *header)
{
	struct process started = spare_worker;
	const char *why = NULL;

	if (process_by_id(header->process) || is_command(header->process))
		why = "there is a process of that id";
	else if (process_count == PROCESS_LIMIT)
		why = "cannot start another process";
	else if (spare_worker.socket < 0)
		why = start_worker(&started);
	if (why) {
		refuse_host(header, why);
		return;
	}
	spare_worker.socket = -1;
	started.id = header->process;
	processes[process_count++] = started;
	reply.header = *header;
	reply.header.op = STATUS_OK;
	memcpy(reply.payload, &started.pid, 4);
	answer_host(&reply, 4);
}

static void answer_stacks(const struct header *header, int pid)
{
	struct text stacks = { (char *)reply.payload, 0, sizeof(reply.payload) };

	add_stacks(&stacks, pid);
	reply.header = *header;
	reply.header.op = STATUS_OK;
	answer_host(&reply, stacks.length);
}

static void send_signal(const struct header *header, const struct process *process, size_t length)
{
	struct reader reader = { request.payload, request.payload + length, 0 };
	int number = (int)take(&reader, 4);

	if (reader.bad || sys(__NR_pidfd_send_signal, process->pidfd, number, 0, 0) < 0) {
		refuse_host(header, "cannot signal the process");
		return;
	}
	reply.header = *header;
	reply.header.op = STATUS_OK;
	answer_host(&reply, 0);
}

static void from_host(size_t length)
{
	const struct header *header = &request.header;
	struct process *process = process_by_id(header->process);
	int sent;

	if (header->op != OP_SPAWN && header->op != OP_RUN)
		forget_prestarted_shell();
	switch (header->op) {
	case OP_SPAWN:
		spawn(header);
		return;
	case OP_RUN:
		reply.header = *header;
		answer_host(&reply, process ? refuse(&reply, "there is a process of that id") :
					      run_command(header, request.payload, length, &reply));
		return;
	case OP_INPUT:
		give_input(header->process, request.payload, length);
		return;
	case OP_RESIZE:
		resize_terminal(header->process, request.payload, length);
		return;
	case OP_PROGRAM:
	case OP_SEND_FD:
	case OP_FORK:
	case OP_KILL:
	case OP_STACK:
		break;
	default:
		refuse_host(header, "unknown operation");
		return;
	}
	if (header->op == OP_KILL && is_command(header->process)) {
		reply.header = *header;
		answer_host(&reply, signal_command(header, request.payload, length, &reply));
	} else if (!process) {
		refuse_host(header, "no such process");
	} else if (header->op == OP_STACK) {
		answer_stacks(header, process->pid);
	} else if (header->op == OP_KILL) {
		send_signal(header, process, length);
	} else if (process->socket < 0) {
		refuse_host(header, "the process has left");
	} else {
		sent = send_packet(process->socket, &request, length, NULL, 0, DONT_WAIT);
		if (sent < 0)
			refuse_host(header, sent == -EAGAIN ? "the process is busy and takes no more requests" :
							      "the request could not be handed to the process");
	}
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

/* ---- from the workers ---- */

static void end_process(int index, int gone)
{
	struct process *process = &processes[index];
	int status = -1, payload[2];

	if (gone && sys(__NR_wait4, process->pid, &status, 1 /* WNOHANG */, 0) <= 0)
		status = exit_code_in_proc(process->pid);
	if (process->socket >= 0)
		sys(__NR_close, process->socket);
	sys(__NR_close, process->pidfd);
	payload[0] = status;
	payload[1] = process->pid;
	reply.header = (struct header){ process->id, 0, STATUS_ENDED };
	memcpy(reply.payload, payload, sizeof(payload));
	processes[index] = processes[--process_count];
	answer_host(&reply, sizeof(payload));
}

static void pass_on(struct process *sender, int fd)
{
	uint32_t target;
	struct process *receiver;

	memcpy(&target, request.payload, 4);
	receiver = process_by_id(target);
	request.header.op = OP_RECEIVE_FD;
	/* The receiver answers in the sender's name, which is what the host waits for. */
	request.header.process = sender->id;
	if (!receiver || receiver->socket < 0 || fd < 0 ||
	    send_packet(receiver->socket, &request, 0, &fd, 1, DONT_WAIT) < 0)
		refuse_host(&request.header, "the other process cannot receive");
}

/* Nonzero when the descriptors are now in use. */
static int adopt_fork(int passed[PASSED_LIMIT])
{
	uint32_t id;
	int pid = passed[1] < 0 ? -1 : pid_of_pidfd(passed[1]);

	memcpy(&id, request.payload, 4);
	if (passed[0] < 0 || pid < 0 || process_count == PROCESS_LIMIT || process_by_id(id)) {
		refuse_host(&request.header, "cannot start another process");
		return 0;
	}
	processes[process_count++] = (struct process){ id, passed[0], passed[1], pid, 0 };
	request.header.op = STATUS_OK;
	memcpy(request.payload, &pid, 4); /* its own namespace's pid stands behind it */
	answer_host(&request, 8);
	return 1;
}

/* One packet; 0 when there is no more, for now or for ever. */
static int from_worker(struct process *process)
{
	int passed[PASSED_LIMIT], kept = 0;
	word length = receive_packet(process->socket, &request, passed, DONT_WAIT);

	if (length < 0) {
		if (length != -EAGAIN) {
			sys(__NR_close, process->socket);
			process->socket = -1;
		}
		return 0;
	}
	if (request.header.op == OP_FD)
		pass_on(process, passed[0]);
	else if (request.header.op == OP_FORKED)
		kept = adopt_fork(passed);
	else
		answer_host(&request, length);
	for (int i = 0; i < PASSED_LIMIT && !kept; i++)
		if (passed[i] >= 0)
			sys(__NR_close, passed[i]);
	return 1;
}

int agent_main(int argc, char **argv)
{
	static struct poll_entry ends[1 + 2 * PROCESS_LIMIT + COMMAND_POLLS];

	prepare_hub();
	start_worker(&spare_worker); /* where it cannot, the first request to spawn says so */
	if (argc > 1 && same_text(argv[1], "prestart"))
		prestart_shell();
	while (!host_has_left()) {
		int count = process_count, lingering = 0, polled;

		ends[0] = (struct poll_entry){ .fd = 0, .events = POLL_IN };
		for (int i = 0; i < count; i++) {
			ends[1 + 2 * i] = (struct poll_entry){ .fd = processes[i].socket, .events = POLL_IN };
			ends[2 + 2 * i] = (struct poll_entry){ .fd = processes[i].pidfd, .events = POLL_IN };
			lingering |= processes[i].socket < 0;
		}
		polled = command_polls(ends + 1 + 2 * count);
		if (sys(__NR_poll, ends, 1 + 2 * count + polled, lingering ? 50 : -1) < 0)
			continue;
		serve_commands(ends + 1 + 2 * count, polled);
		for (int i = count - 1; i >= 0; i--) {
			const int gone = ends[2 + 2 * i].revents != 0;

			if (ends[1 + 2 * i].revents || gone)
				while (processes[i].socket >= 0 && from_worker(&processes[i]))
					;
			if (gone || (processes[i].socket < 0 && processes[i].lingering++ == LINGER_ROUNDS))
				end_process(i, gone);
		}
		if (ends[0].revents && !read_host())
			break;
	}
	kill_commands(); /* nothing that was started for a host outlives the connection to it */
	return 0;
}
