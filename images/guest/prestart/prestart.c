/* SPDX-License-Identifier: GPL-2.0-only */
#include "prestart.h"
#include "traced.h"

#include <asm/signal.h>
#include <linux/fcntl.h>

/* A longer command gets a shell of its own. */
#define COMMAND_SIZE 2048
#define CALL_LIMIT 128

/* What AgentClient.exec asks for (harness/guest/agent/commands.ts). */
static char *const arguments[] = { "/bin/sh", "-c", NULL };
static char *const environment[] = { "HOME=/root", "LOGNAME=root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
				     "SHELL=/bin/sh", "USER=root", NULL };
#define FOLDER "/root"

struct shell {
	struct started started;
	/* Where its command goes. */
	unsigned long command;
	/* As they are after the last system call before the shell reads its command. */
	struct registers registers;
};

/* The system calls of a shell before it reads its command. */
struct calls {
	int count;
	unsigned long numbers[CALL_LIMIT];
};

/* pid 0: there is none. */
static struct shell prestarted;
static int forgotten;

static void end_shell(struct shell *shell)
{
	sys(__NR_pidfd_send_signal, shell->started.pidfd, SIGKILL, 0, 0);
	sys(__NR_wait4, shell->started.pid, 0, 0, 0);
	for (int stream = 0; stream < 3; stream++)
		sys(__NR_close, shell->started.streams[stream]);
	sys(__NR_close, shell->started.pidfd);
	shell->started.pid = 0;
}

/* Stops at its first instruction. */
static int start_shell(struct shell *shell, char *command)
{
	static struct start start;

	start.folder = FOLDER;
	memcpy(start.arguments, arguments, sizeof(arguments));
	start.arguments[2] = command;
	start.arguments[3] = NULL;
	memcpy(start.environment, environment, sizeof(environment));
	if (start_program(&start, &shell->started, 1) < 0) {
		shell->started.pid = 0;
		return 0;
	}
	return await_exec(shell->started.pid);
}

/* The calls of a shell with a command that makes none: all of them but exit_group(2). */
static int record_calls(struct calls *calls)
{
	struct shell shell;
	int complete = 0;

	if (start_shell(&shell, ":")) {
		for (calls->count = 0; calls->count < CALL_LIMIT; calls->count++) {
			unsigned long number = enter_call(shell.started.pid);

			complete = number == __NR_exit_group;
			calls->numbers[calls->count] = number;
			if (complete || !leave_call(shell.started.pid))
				break;
		}
	}
	if (shell.started.pid)
		end_shell(&shell);
	return complete;
}

/* The address of the third argument, which is on the stack of a program that has just started: argc, argv… */
static unsigned long command_address(int pid, const char *placeholder)
{
	unsigned long stack, address;
	uint64_t content, expected;

	if (!read_register(pid, REGISTER(rsp), &stack) || !read_memory(pid, stack + 3 * sizeof(word), &address) ||
	    !read_memory(pid, address, &content))
		return 0;
	memcpy(&expected, placeholder, sizeof(expected));
	return content == expected ? address : 0;
}

/* A shell that has made its calls and is about to make one more, prctl(2), of which only the length of the command is missing. */
static int prepare_shell(struct shell *shell, const struct calls *calls)
{
	static char placeholder[COMMAND_SIZE];
	struct registers registers;

	memset(placeholder, ' ', sizeof(placeholder) - 1);
	if (!start_shell(shell, placeholder))
		return 0;
	shell->command = command_address(shell->started.pid, placeholder);
	if (!shell->command)
		return 0;
	for (int call = 0; call < calls->count; call++)
		if (enter_call(shell->started.pid) != calls->numbers[call] || !leave_call(shell->started.pid))
			return 0;
	if (!read_registers(shell->started.pid, &shell->registers))
		return 0;
	shell->registers.orig_rax = -1; /* no call to be restarted */
	registers = shell->registers;
	return repeat_call(shell->started.pid, &registers, __NR_prctl, PR_SET_MM, PR_SET_MM_ARG_END);
}

/* Writes the command, sets the end of the arguments behind it, and lets the shell go. */
static int release_shell(struct shell *shell, const char *command)
{
	size_t size = length_of(command) + 1;
	int pid = shell->started.pid;
	unsigned long result;

	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t part = 0;
		size_t rest = size - at;

		memcpy(&part, command + at, rest < sizeof(part) ? rest : sizeof(part));
		if (!write_memory(pid, shell->command + at, part))
			return 0;
	}
	return write_register(pid, REGISTER(rdx), shell->command + size) && finish_call(pid) &&
	       read_register(pid, REGISTER(rax), &result) && result == 0 && write_registers(pid, &shell->registers) && let_go(pid);
}

static int fits(const char *command)
{
	/* It is written in whole words. */
	return length_of(command) + sizeof(uint64_t) < COMMAND_SIZE;
}

/* Whether a shell that is started like this does what any other would: its arguments as /proc shows them, and its exit code. */
static int trial(const struct calls *calls)
{
	static const char command[] = "cat /proc/$$/cmdline; exit 7", expected[] = "/bin/sh\0-c\0cat /proc/$$/cmdline; exit 7";
	char output[sizeof(expected)];
	struct shell shell;
	int status = -1, equal;

	if (!prepare_shell(&shell, calls) || !release_shell(&shell, command)) {
		if (shell.started.pid)
			end_shell(&shell);
		return 0;
	}
	await_end(shell.started.pid, &status); /* it is killed below where it has not ended */
	equal = sys(__NR_read, shell.started.streams[OUTPUT], output, sizeof(output)) == (word)sizeof(expected);
	for (size_t at = 0; equal && at < sizeof(expected); at++)
		equal = output[at] == expected[at];
	end_shell(&shell);
	return equal && status == 7 << 8;
}

static void publish(int pid)
{
	char bytes[24];
	struct text text = TEXT(bytes);
	word fd = sys(__NR_open, PRESTARTED, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	add_number(&text, pid);
	add_text(&text, "\n");
	write_all((int)fd, text.bytes, text.length);
	sys(__NR_close, fd);
}

void prestart_shell(void)
{
	struct calls calls;

	if (record_calls(&calls) && trial(&calls) && !prepare_shell(&prestarted, &calls) && prestarted.started.pid)
		end_shell(&prestarted);
	publish(prestarted.started.pid);
}

void forget_prestarted_shell(void)
{
	forgotten = 1;
}

static int same_texts(char *const one[], char *const other[])
{
	while (*one && *other && same_text(*one, *other))
		one++, other++;
	return !*one && !*other;
}

static int can_run(const struct start *start)
{
	return !forgotten && start->flags == 0 && same_text(start->folder, FOLDER) && same_text(start->arguments[0], arguments[0]) &&
	       start->arguments[1] && same_text(start->arguments[1], arguments[1]) && start->arguments[2] &&
	       !start->arguments[3] && fits(start->arguments[2]) && same_texts(start->environment, environment);
}

int use_prestarted_shell(const struct start *start, struct started *started)
{
	if (!prestarted.started.pid)
		return 0;
	if (!can_run(start) || !release_shell(&prestarted, start->arguments[2])) {
		end_shell(&prestarted);
		return 0;
	}
	*started = prestarted.started;
	prestarted.started.pid = 0;
	return 1;
}
