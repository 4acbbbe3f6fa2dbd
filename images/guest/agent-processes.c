/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hub's side of the workers: starts them, hands them requests, and hands their answers to the host. It never waits for
 * one, so one that is stuck in the kernel hurts nobody else.
 */
#include "agent.h"
#include "guest.h"

#include <asm/errno.h>
#include <linux/fcntl.h>

#define PROCESS_LIMIT (PROCESS_POLLS / 2)
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

/* From a worker, and to the host. */
static struct frame packet, reply;

static struct process *process_by_id(uint32_t id)
{
	for (int i = 0; i < process_count; i++)
		if (processes[i].id == id)
			return &processes[i];
	return NULL;
}

int is_process(uint32_t id)
{
	return process_by_id(id) != NULL;
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

void start_spare_worker(void)
{
	start_worker(&spare_worker); /* where it cannot, the first request to spawn says so */
}

static size_t accept(const struct header *to, struct frame *answer)
{
	answer->header = *to;
	answer->header.op = STATUS_OK;
	return 0;
}

size_t spawn_process(const struct header *header, struct frame *answer)
{
	struct process started = spare_worker;
	const char *why = NULL;

	if (process_count == PROCESS_LIMIT)
		why = "cannot start another process";
	else if (spare_worker.socket < 0)
		why = start_worker(&started);
	if (why)
		return refuse(answer, why);
	spare_worker.socket = -1;
	started.id = header->process;
	processes[process_count++] = started;
	memcpy(answer->payload, &started.pid, 4);
	return accept(header, answer) + 4;
}

size_t show_stacks(const struct header *header, struct frame *answer)
{
	struct text stacks = { (char *)answer->payload, 0, sizeof(answer->payload) };

	add_stacks(&stacks, process_by_id(header->process)->pid);
	return accept(header, answer) + stacks.length;
}

size_t signal_process(const struct header *header, const uint8_t *payload, size_t length, struct frame *answer)
{
	struct reader reader = { payload, payload + length, 0 };
	int number = (int)take(&reader, 4);

	if (reader.bad || sys(__NR_pidfd_send_signal, process_by_id(header->process)->pidfd, number, 0, 0) < 0)
		return refuse(answer, "cannot signal the process");
	return accept(header, answer);
}

const char *hand_to_process(const struct frame *frame, size_t length)
{
	const struct process *process = process_by_id(frame->header.process);
	int sent;

	if (process->socket < 0)
		return "the process has left";
	sent = send_packet(process->socket, frame, length, NULL, 0, DONT_WAIT);
	if (sent < 0)
		return sent == -EAGAIN ? "the process is busy and takes no more requests" :
					 "the request could not be handed to the process";
	return NULL;
}

/* ---- from the workers ---- */

static void refuse_host(const struct header *to, const char *why)
{
	reply.header = *to;
	answer_host(&reply, refuse(&reply, why));
}

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

	memcpy(&target, packet.payload, 4);
	receiver = process_by_id(target);
	packet.header.op = OP_RECEIVE_FD;
	/* The receiver answers in the sender's name, which is what the host waits for. */
	packet.header.process = sender->id;
	if (!receiver || receiver->socket < 0 || fd < 0 ||
	    send_packet(receiver->socket, &packet, 0, &fd, 1, DONT_WAIT) < 0)
		refuse_host(&packet.header, "the other process cannot receive");
}

/* Nonzero when the descriptors are now in use. */
static int adopt_fork(int passed[PASSED_LIMIT])
{
	uint32_t id;
	int pid = passed[1] < 0 ? -1 : pid_of_pidfd(passed[1]);

	memcpy(&id, packet.payload, 4);
	if (passed[0] < 0 || pid < 0 || process_count == PROCESS_LIMIT || process_by_id(id)) {
		refuse_host(&packet.header, "cannot start another process");
		return 0;
	}
	processes[process_count++] = (struct process){ id, passed[0], passed[1], pid, 0 };
	packet.header.op = STATUS_OK;
	memcpy(packet.payload, &pid, 4); /* its own namespace's pid stands behind it */
	answer_host(&packet, 8);
	return 1;
}

/* One packet; 0 when there is no more, for now or for ever. */
static int from_worker(struct process *process)
{
	int passed[PASSED_LIMIT], kept = 0;
	word length = receive_packet(process->socket, &packet, passed, DONT_WAIT);

	if (length < 0) {
		if (length != -EAGAIN) {
			sys(__NR_close, process->socket);
			process->socket = -1;
		}
		return 0;
	}
	if (packet.header.op == OP_FD)
		pass_on(process, passed[0]);
	else if (packet.header.op == OP_FORKED)
		kept = adopt_fork(passed);
	else
		answer_host(&packet, length);
	for (int i = 0; i < PASSED_LIMIT && !kept; i++)
		if (passed[i] >= 0)
			sys(__NR_close, passed[i]);
	return 1;
}

int process_polls(struct poll_entry *entries, int *lingering)
{
	for (int i = 0; i < process_count; i++) {
		entries[2 * i] = (struct poll_entry){ .fd = processes[i].socket, .events = POLL_IN };
		entries[2 * i + 1] = (struct poll_entry){ .fd = processes[i].pidfd, .events = POLL_IN };
		*lingering |= processes[i].socket < 0;
	}
	return 2 * process_count;
}

void serve_processes(const struct poll_entry *entries, int count)
{
	for (int i = count / 2 - 1; i >= 0; i--) {
		const int gone = entries[2 * i + 1].revents != 0;

		if (entries[2 * i].revents || gone)
			while (processes[i].socket >= 0 && from_worker(&processes[i]))
				;
		if (gone || (processes[i].socket < 0 && processes[i].lingering++ == LINGER_ROUNDS))
			end_process(i, gone);
	}
}
