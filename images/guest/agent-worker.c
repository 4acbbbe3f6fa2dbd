/* SPDX-License-Identifier: GPL-2.0-only */
/* A worker: the process whose system calls a scenario makes. It waits for the kernel as long as that takes. */
#include "agent.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/sched.h>

/* Out of the way of the scenario's descriptors, which begin at 3. */
#define HUB_FD 1022
/* What a fork may share or leave; memory is never shared, for a worker's own state is in it. */
#define FORK_FLAGS                                                                                                  \
	(CLONE_FILES | CLONE_FS | CLONE_IO | CLONE_SYSVSEM | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |         \
	 CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

static struct frame request, reply;
static int hub;

static void serve_own_socket(int socket)
{
	word moved = sys(__NR_fcntl, socket, F_DUPFD_CLOEXEC, HUB_FD);

	if (moved >= 0)
		sys(__NR_close, socket);
	hub = moved >= 0 ? (int)moved : socket;
}

/* The hub gets the child's socket and its pidfd; the child goes on as a worker of its own. */
static size_t fork_worker(size_t length, int passed[PASSED_LIMIT])
{
	uint32_t flags;
	int pair[2], shares_files;
	word pid;

	if (length != 8)
		return refuse(&reply, "a fork needs the new process's id and flags");
	memcpy(&flags, request.payload + 4, 4);
	if (flags & ~FORK_FLAGS)
		return refuse(&reply, "a fork cannot have these flags");
	shares_files = !!(flags & CLONE_FILES);
	if (new_packet_pair(pair) < 0)
		return refuse(&reply, "cannot fork: no socket pair");
	pid = sys(__NR_clone, SIGCHLD | flags, 0, 0, 0, 0);
	if (pid == 0) {
		if (!shares_files) {
			sys(__NR_close, hub);
			sys(__NR_close, pair[0]);
		}
		serve_own_socket(pair[1]);
		return 0;
	}
	if (pid < 0 || !shares_files) /* else the child closes it, in the table of both */
		sys(__NR_close, pair[1]);
	passed[0] = pair[0];
	if (pid < 0)
		return refuse_start(&reply, "cannot fork", pid);
	passed[1] = (int)sys(__NR_pidfd_open, pid, 0);
	if (passed[1] < 0)
		return refuse(&reply, "cannot fork: no descriptor for the child");
	reply.header.op = OP_FORKED;
	memcpy(reply.payload, request.payload, 4);
	memcpy(reply.payload + 4, &pid, 4);
	return 8;
}

static size_t send_descriptor(size_t length, int *sent)
{
	struct reader reader = { request.payload, request.payload + length, 0 };
	int fd = (int)take(&reader, 4);

	if (reader.bad || length != 8)
		return refuse(&reply, "a descriptor to pass and its receiver are not in the request");
	if (sys(__NR_fcntl, fd, F_GETFD) < 0)
		return refuse(&reply, "no such file descriptor");
	reply.header.op = OP_FD;
	memcpy(reply.payload, request.payload + 4, 4);
	*sent = fd;
	return 4;
}

_Noreturn void worker_main(int socket)
{
	serve_own_socket(socket);
	for (;;) {
		int passed[PASSED_LIMIT], sent = -1, forked[PASSED_LIMIT] = { -1, -1, -1 }, result;
		word length = receive_packet(hub, &request, passed, 0);
		size_t answer = 0;

		if (length < 0)
			leave(0);
		reply.header = request.header;
		reply.header.op = STATUS_OK;
		switch (request.header.op) {
		case OP_PROGRAM:
			answer = run_program(request.payload, length, &reply);
			break;
		case OP_SEND_FD:
			answer = send_descriptor(length, &sent);
			break;
		case OP_RECEIVE_FD:
			if (passed[0] < 0)
				answer = refuse(&reply, "the other process has no room for the descriptor");
			else
				memcpy(reply.payload, &passed[0], answer = 4);
			break;
		case OP_FORK:
			answer = fork_worker(length, forked);
			if (answer == 0)
				continue; /* the child */
			break;
		default:
			answer = refuse(&reply, "unknown operation");
		}
		if (sent >= 0)
			result = send_packet(hub, &reply, answer, &sent, 1, 0);
		else
			result = send_packet(hub, &reply, answer, forked, reply.header.op == OP_FORKED ? 2 : 0, 0);
		if (result < 0 && send_packet(hub, &reply, refuse(&reply, "the answer could not be sent"), NULL, 0, 0) < 0)
			leave(1);
		for (int i = 0; i < PASSED_LIMIT; i++)
			if (forked[i] >= 0)
				sys(__NR_close, forked[i]);
	}
}
