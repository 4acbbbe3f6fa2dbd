/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out system calls for the host, in as many processes as it asks for. Frames on standard input and output:
 *   u32 length of the rest, u32 process, u32 sequence, u8 op or status, payload (little endian)
 * The hub reads them and hands each to the worker process that it names, over a socket of its own; it never waits for a
 * worker, so one that is stuck in the kernel hurts nobody else. harness/scenario/agent has the other end.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OP_SPAWN = 1, OP_PROGRAM, OP_SEND_FD, OP_KILL, OP_STACK, OP_FORK };
/* Between hub and worker only: a file descriptor or a new worker's socket comes with the frame. */
enum { OP_RECEIVE_FD = 100, OP_FD, OP_FORKED };
enum { STATUS_OK, STATUS_ERROR, STATUS_ENDED };

#define FRAME_LIMIT (256 * 1024)
#define PROCESS_LIMIT 64
#define BUFFER_LIMIT 256
#define CALL_LIMIT 64
#define MEMORY_LIMIT (64 * 1024 * 1024)

struct header {
	uint32_t process, sequence;
	uint8_t op;
} __attribute__((packed));

struct message {
	struct header header;
	uint8_t payload[FRAME_LIMIT];
} __attribute__((packed));

/* ---- reading payloads: past the end everything is zero, and `bad` is set ---- */

struct reader {
	const uint8_t *at, *end;
	int bad;
};

static uint64_t take(struct reader *reader, int size)
{
	uint64_t value = 0;

	if (reader->end - reader->at < size) {
		reader->bad = 1;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

/* ---- sockets between hub and workers ---- */

static int send_message(int fd, const struct message *message, size_t payload, int passed, int flags)
{
	struct iovec data = { .iov_base = (void *)message, .iov_len = sizeof(struct header) + payload };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr envelope = { .msg_iov = &data, .msg_iovlen = 1 };

	if (passed >= 0) {
		struct cmsghdr *rights = (struct cmsghdr *)control.bytes;

		envelope.msg_control = control.bytes;
		envelope.msg_controllen = sizeof(control.bytes);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(rights), &passed, sizeof(int));
	}
	return sendmsg(fd, &envelope, flags | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Length of the payload; -1 at the end of the connection. */
static ssize_t receive_message(int fd, struct message *message, int *passed)
{
	struct iovec data = { .iov_base = message, .iov_len = sizeof(*message) };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr envelope = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes,
				   .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *rights;
	ssize_t length;

	do
		length = recvmsg(fd, &envelope, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	*passed = -1;
	rights = length > 0 ? CMSG_FIRSTHDR(&envelope) : NULL;
	if (rights && rights->cmsg_type == SCM_RIGHTS)
		memcpy(passed, CMSG_DATA(rights), sizeof(int));
	return length < (ssize_t)sizeof(struct header) ? -1 : length - (ssize_t)sizeof(struct header);
}

static int new_pair(int pair[2])
{
	int size = 4 * FRAME_LIMIT;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	return 0;
}

/* ---- worker ---- */

struct buffer {
	uint8_t *bytes;
	uint32_t length;
	uint8_t returned;
};

struct call {
	uint32_t number;
	uint8_t count;
	uint8_t kind[6];
	uint64_t value[6];
	int64_t result;
	uint32_t failures;
	int32_t first_error;
};

static int64_t system_call(uint32_t number, const uint64_t a[6])
{
	register uint64_t r10 __asm__("r10") = a[3];
	register uint64_t r8 __asm__("r8") = a[4];
	register uint64_t r9 __asm__("r9") = a[5];
	int64_t result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"((uint64_t)number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static size_t fail(struct message *reply, const char *why)
{
	reply->header.op = STATUS_ERROR;
	return (size_t)snprintf((char *)reply->payload, 200, "%s", why);
}

/* Runs the calls in order, as often as asked; an argument is a number, a buffer's address or an earlier call's result. */
static size_t run_program(const uint8_t *payload, size_t length, struct message *reply)
{
	static struct buffer buffers[BUFFER_LIMIT];
	static struct call calls[CALL_LIMIT];
	struct reader reader = { payload, payload + length, 0 };
	uint32_t repeat = take(&reader, 4), stop_at_error = take(&reader, 1), done = 0;
	uint32_t buffer_count = take(&reader, 2), relocations, call_count;
	uint64_t total = 0;
	uint8_t *memory, *next, *out = reply->payload;
	const uint8_t *first = reader.at;

	if (buffer_count > BUFFER_LIMIT)
		return fail(reply, "too many buffers");
	for (uint32_t i = 0; i < buffer_count && !reader.bad; i++) {
		uint32_t size = take(&reader, 4);
		uint8_t flags = take(&reader, 1);

		total += (size + 63) & ~63ul;
		if ((flags & 1) && (size_t)(reader.end - reader.at) < size)
			reader.bad = 1;
		else if (flags & 1)
			reader.at += size;
	}
	if (reader.bad || total > MEMORY_LIMIT)
		return fail(reply, "malformed buffers");
	memory = mmap(NULL, total + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail(reply, "no memory for the buffers");
	next = memory;
	reader.at = first;
	for (uint32_t i = 0; i < buffer_count; i++) {
		uint32_t size = take(&reader, 4);
		uint8_t flags = take(&reader, 1);

		buffers[i] = (struct buffer){ next, size, flags & 2 };
		if (flags & 1) {
			memcpy(next, reader.at, size);
			reader.at += size;
		}
		next += (size + 63) & ~63ul;
	}
	relocations = take(&reader, 2);
	for (uint32_t i = 0; i < relocations && !reader.bad; i++) {
		uint32_t in = take(&reader, 2), offset = take(&reader, 4), to = take(&reader, 2), inside = take(&reader, 4);
		uint64_t address;

		if (in >= buffer_count || to >= buffer_count || (uint64_t)offset + 8 > buffers[in].length) {
			reader.bad = 1;
			break;
		}
		address = (uint64_t)(uintptr_t)buffers[to].bytes + inside;
		memcpy(buffers[in].bytes + offset, &address, 8);
	}
	call_count = take(&reader, 2);
	if (call_count > CALL_LIMIT)
		reader.bad = 1;
	for (uint32_t i = 0; i < call_count && !reader.bad; i++) {
		struct call *call = &calls[i];

		*call = (struct call){ .number = take(&reader, 4), .count = 0 };
		call->count = take(&reader, 1);
		if (call->count > 6)
			reader.bad = 1;
		for (int j = 0; j < call->count && !reader.bad; j++) {
			call->kind[j] = take(&reader, 1);
			call->value[j] = take(&reader, 8);
			if ((call->kind[j] == 1 && call->value[j] >= buffer_count) || (call->kind[j] == 2 && call->value[j] >= i) ||
			    call->kind[j] > 2)
				reader.bad = 1;
		}
	}
	if (reader.bad || reader.at != reader.end || call_count == 0) {
		munmap(memory, total + 4096);
		return fail(reply, "malformed program");
	}
	for (int stopped = 0; done < repeat && !stopped; done++) {
		for (uint32_t i = 0; i < call_count; i++) {
			struct call *call = &calls[i];
			uint64_t arguments[6] = { 0 };

			for (int j = 0; j < call->count; j++)
				arguments[j] = call->kind[j] == 0 ? call->value[j] :
					       call->kind[j] == 1 ? (uint64_t)(uintptr_t)buffers[call->value[j]].bytes :
								    (uint64_t)calls[call->value[j]].result;
			call->result = system_call(call->number, arguments);
			if (call->result < 0 && call->result >= -4095) {
				if (call->failures++ == 0)
					call->first_error = (int32_t)-call->result;
				if (stop_at_error)
					stopped = 1;
			}
		}
	}
	memcpy(out, &done, 4);
	out += 4;
	for (uint32_t i = 0; i < call_count; i++) {
		memcpy(out, &calls[i].result, 8);
		memcpy(out + 8, &calls[i].failures, 4);
		memcpy(out + 12, &calls[i].first_error, 4);
		out += 16;
	}
	for (uint32_t i = 0; i < buffer_count; i++) {
		if (!buffers[i].returned)
			continue;
		if (out + 4 + buffers[i].length > reply->payload + FRAME_LIMIT) {
			munmap(memory, total + 4096);
			return fail(reply, "the returned buffers are larger than a frame");
		}
		memcpy(out, &buffers[i].length, 4);
		memcpy(out + 4, buffers[i].bytes, buffers[i].length);
		out += 4 + buffers[i].length;
	}
	munmap(memory, total + 4096);
	return out - reply->payload;
}

static void worker_loop(int hub)
{
	static struct message request, reply;

	for (;;) {
		struct reader reader;
		int passed, sent = -1;
		ssize_t length = receive_message(hub, &request, &passed);
		size_t answer = 0;

		if (length < 0)
			_exit(0);
		reader = (struct reader){ request.payload, request.payload + length, 0 };
		reply.header = request.header;
		reply.header.op = STATUS_OK;
		switch (request.header.op) {
		case OP_PROGRAM:
			answer = run_program(request.payload, length, &reply);
			break;
		case OP_SEND_FD: {
			int fd = take(&reader, 4);
			uint32_t target = take(&reader, 4);

			if (reader.bad || fcntl(fd, F_GETFD) < 0) {
				answer = fail(&reply, "no such file descriptor");
				break;
			}
			reply.header.op = OP_FD;
			memcpy(reply.payload, &target, 4);
			answer = 4;
			sent = fd;
			break;
		}
		case OP_RECEIVE_FD:
			memcpy(reply.payload, &passed, 4);
			answer = 4;
			break;
		case OP_FORK: {
			int pair[2], pid;

			if (length != 4 || new_pair(pair) < 0) {
				answer = fail(&reply, "cannot fork: no socket pair");
				break;
			}
			pid = fork();
			if (pid == 0) {
				close(hub);
				close(pair[0]);
				hub = pair[1]; /* the child serves its own socket from here on */
				continue;
			}
			close(pair[1]);
			if (pid < 0) {
				close(pair[0]);
				answer = fail(&reply, strerror(errno));
				break;
			}
			reply.header.op = OP_FORKED;
			memcpy(reply.payload, request.payload, 4);
			memcpy(reply.payload + 4, &pid, 4);
			answer = 8;
			sent = pair[0];
			break;
		}
		default:
			answer = fail(&reply, "unknown operation");
		}
		if (send_message(hub, &reply, answer, sent, 0) < 0)
			_exit(1);
		if (reply.header.op == OP_FORKED)
			close(sent);
	}
}

/* ---- hub ---- */

struct process {
	uint32_t id;
	int socket;
	pid_t pid; /* as the hub sees it; 0 for the child of another worker */
};

static struct process processes[PROCESS_LIMIT];
static int process_count;

static void write_out(const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t written = write(1, at, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			_exit(1);
		at += written;
		length -= written;
	}
}

static void answer_host(struct message *reply, size_t payload)
{
	uint32_t length = sizeof(struct header) + payload;

	write_out(&length, 4);
	write_out(reply, length);
}

static void refuse(const struct header *request, const char *why)
{
	static struct message reply;

	reply.header = *request;
	answer_host(&reply, fail(&reply, why));
}

static struct process *process_by_id(uint32_t id)
{
	for (int i = 0; i < process_count; i++)
		if (processes[i].id == id)
			return &processes[i];
	return NULL;
}

static void spawn(const struct header *request)
{
	static struct message reply;
	int pair[2];
	pid_t pid;

	if (process_count == PROCESS_LIMIT || process_by_id(request->process) || new_pair(pair) < 0) {
		refuse(request, "cannot start another process");
		return;
	}
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		for (int i = 0; i < process_count; i++)
			close(processes[i].socket);
		close(pair[0]);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		close(null);
		setsid();
		worker_loop(pair[1]);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		refuse(request, "cannot fork");
		return;
	}
	processes[process_count++] = (struct process){ request->process, pair[0], pid };
	reply.header = *request;
	reply.header.op = STATUS_OK;
	memcpy(reply.payload, &pid, 4);
	answer_host(&reply, 4);
}

static void kernel_stack(const struct header *request, pid_t pid)
{
	static struct message reply;
	size_t length = 0;
	char path[64];

	for (int i = 0; i < 2; i++) {
		int fd;
		ssize_t count;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, i == 0 ? "stack" : "wchan");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		count = read(fd, reply.payload + length, 8192);
		close(fd);
		if (count > 0)
			length += count;
	}
	reply.header = *request;
	reply.header.op = STATUS_OK;
	answer_host(&reply, length);
}

static void from_host(struct message *request, size_t payload)
{
	struct process *process;

	if (request->header.op == OP_SPAWN) {
		spawn(&request->header);
		return;
	}
	process = process_by_id(request->header.process);
	if (!process) {
		refuse(&request->header, "no such process");
	} else if (request->header.op == OP_STACK) {
		kernel_stack(&request->header, process->pid);
	} else if (request->header.op == OP_KILL) {
		struct reader reader = { request->payload, request->payload + payload, 0 };
		int signal_number = take(&reader, 4);
		static struct message reply;

		if (process->pid <= 0 || kill(process->pid, signal_number) < 0) {
			refuse(&request->header, "cannot signal the process");
			return;
		}
		reply.header = request->header;
		reply.header.op = STATUS_OK;
		answer_host(&reply, 0);
	} else if (request->header.op == OP_PROGRAM || request->header.op == OP_SEND_FD || request->header.op == OP_FORK) {
		if (send_message(process->socket, request, payload, -1, MSG_DONTWAIT) < 0)
			refuse(&request->header, "the process takes no more requests");
	} else {
		refuse(&request->header, "unknown operation");
	}
}

static void ended(int index)
{
	static struct message notice;
	int status = -1;

	close(processes[index].socket);
	if (processes[index].pid > 0)
		waitpid(processes[index].pid, &status, 0);
	notice.header = (struct header){ processes[index].id, 0, STATUS_ENDED };
	memcpy(notice.payload, &status, 4);
	answer_host(&notice, 4);
	processes[index] = processes[--process_count];
}

static void from_worker(int index)
{
	static struct message message;
	int passed;
	ssize_t length = receive_message(processes[index].socket, &message, &passed);

	if (length < 0) {
		ended(index);
		return;
	}
	if (message.header.op == OP_FD) {
		uint32_t target;
		struct process *receiver;

		memcpy(&target, message.payload, 4);
		receiver = process_by_id(target);
		message.header.op = OP_RECEIVE_FD;
		if (!receiver || passed < 0 || send_message(receiver->socket, &message, 0, passed, MSG_DONTWAIT) < 0)
			refuse(&message.header, "the other process cannot receive");
	} else if (message.header.op == OP_FORKED) {
		uint32_t id;

		memcpy(&id, message.payload, 4);
		if (passed < 0 || process_count == PROCESS_LIMIT || process_by_id(id)) {
			refuse(&message.header, "cannot start another process");
		} else {
			processes[process_count++] = (struct process){ id, passed, 0 };
			passed = -1;
			message.header.op = STATUS_OK;
			memmove(message.payload, message.payload + 4, 4);
			answer_host(&message, 4);
		}
	} else {
		answer_host(&message, length);
	}
	if (passed >= 0)
		close(passed);
}

int agent_main(void)
{
	static uint8_t input[4 + sizeof(struct message)];
	static struct message request;
	size_t have = 0;

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		struct pollfd ends[1 + PROCESS_LIMIT];
		int count = process_count;

		ends[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
		for (int i = 0; i < count; i++)
			ends[1 + i] = (struct pollfd){ .fd = processes[i].socket, .events = POLLIN };
		if (poll(ends, 1 + count, -1) < 0)
			continue;
		for (int i = count - 1; i >= 0; i--)
			if (ends[1 + i].revents)
				from_worker(i);
		if (!ends[0].revents)
			continue;
		ssize_t got = read(0, input + have, sizeof(input) - have);
		if (got <= 0)
			return 0;
		have += got;
		for (;;) {
			uint32_t length;

			if (have < 4)
				break;
			memcpy(&length, input, 4);
			if (length < sizeof(struct header) || length > sizeof(struct message)) {
				struct header nobody = { 0, 0, 0 };

				refuse(&nobody, "a frame of impossible length: the stream cannot be followed any further");
				return 1;
			}
			if (have < 4 + (size_t)length)
				break;
			memcpy(&request, input + 4, length);
			memmove(input, input + 4 + length, have - 4 - length);
			have -= 4 + length;
			from_host(&request, length - sizeof(struct header));
		}
	}
}
