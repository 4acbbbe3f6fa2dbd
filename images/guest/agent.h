/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent: a hub, which talks with the host over its standard streams, workers, which make system calls, and commands.
 * Frames of the host's stream, little endian (harness/guest/agent has the other end):
 *   u32 length of the rest, u32 process, u32 sequence, u8 operation or status, payload
 * Between hub and worker each frame is one packet, without the length. Workers and commands share one range of ids, which
 * the host gives. Of a command (agent-commands.c):
 *   OP_RUN     u8 flags (1: with a terminal, 2: its input ends at once), u16 rows, u16 columns, working directory, u32 count and arguments,
 *              u32 count and environment; texts end with a NUL. Answered by its pid, or an error
 *   OP_INPUT   bytes for its standard input; none: its end. The host sends no more than INPUT_WINDOW ahead of STATUS_TAKEN
 *   OP_KILL    i32 signal, to the command's process group
 *   OP_RESIZE  u16 rows, u16 columns of its terminal
 *   STATUS_OUTPUT, STATUS_ERROR_OUTPUT  bytes that it printed (a terminal: all on the first)
 *   STATUS_TAKEN  u32 count of input bytes that the program has taken
 *   STATUS_ENDED  i32 wait status, i32 pid; after all of its output
 */
#ifndef KCONFORM_AGENT_H
#define KCONFORM_AGENT_H

#include "sys.h"

enum { OP_SPAWN = 1, OP_PROGRAM, OP_SEND_FD, OP_KILL, OP_STACK, OP_FORK, OP_RUN, OP_INPUT, OP_RESIZE };
/* Between hub and worker only. */
enum { OP_RECEIVE_FD = 100, OP_FD, OP_FORKED };
enum { STATUS_OK, STATUS_ERROR, STATUS_ENDED, STATUS_OUTPUT, STATUS_ERROR_OUTPUT, STATUS_TAKEN };

#define PAYLOAD_LIMIT (16 * 1024 * 1024)
#define PASSED_LIMIT 3
#define INPUT_WINDOW (64 * 1024)

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

/* agent-host.c: sends a frame; does nothing once the host has left. */
void answer_host(const struct frame *frame, size_t payload);
/* Nonzero after a frame could not be sent. */
int host_has_left(void);

/* agent-proc.c: adds where in the kernel each thread waits: the stack where it is shown, and the function. */
void add_stacks(struct text *to, int pid);
/* The wait status, field 52 (exit_code) of /proc/PID/stat (proc_pid_stat(5)); -1 when the process is gone. */
int exit_code_in_proc(int pid);
/* The pid behind a pidfd, as the hub sees it: `Pid:` of its fdinfo (pidfd_open(2)); -1 when it is gone. */
int pid_of_pidfd(int pidfd);

/* agent-processes.c. Those that take an answer give the length of its payload. `header` must name a process, but for spawn_process. */
#define PROCESS_POLLS (2 * 64)
int is_process(uint32_t id);
/* The first worker, before it is asked for, so that a template has it and no clone has to fork it. */
void start_spare_worker(void);
size_t spawn_process(const struct header *header, struct frame *answer);
size_t show_stacks(const struct header *header, struct frame *answer);
size_t signal_process(const struct header *header, const uint8_t *payload, size_t length, struct frame *answer);
/* NULL, or why it could not. The process answers itself. */
const char *hand_to_process(const struct frame *frame, size_t length);
/* Fills in what is to be polled; the number of entries. `lingering` is set where a process has to be looked at again in 50 ms. */
int process_polls(struct poll_entry *entries, int *lingering);
void serve_processes(const struct poll_entry *entries, int count);

/* agent-commands.c. Those that take a reply give the length of its payload. */
#define COMMAND_POLLS (4 * 256)
size_t run_command(const struct header *header, const uint8_t *payload, size_t length, struct frame *reply);
size_t signal_command(const struct header *header, const uint8_t *payload, size_t length, struct frame *reply);
void give_input(uint32_t id, const uint8_t *payload, size_t length);
void resize_terminal(uint32_t id, const uint8_t *payload, size_t length);
int is_command(uint32_t id);
/* Fills in what is to be polled; the number of entries. serve_commands takes them back after the poll. */
int command_polls(struct poll_entry *entries);
void serve_commands(const struct poll_entry *entries, int count);
/* Kills the process groups of all commands. */
void kill_commands(void);

/* agent-start.c. The hub ignores SIGPIPE and may have more descriptors open than a program by default; what it starts leaves that behind. */
void prepare_hub(void);
void leave_hub(void);

/* agent-worker.c */
_Noreturn void worker_main(int hub);

#endif
