/* SPDX-License-Identifier: GPL-2.0-only */
#include "traced.h"

#include <asm/signal.h>
#include <linux/ptrace.h>

#define WAIT_LIMIT_MS 2000
#define NO_HANG 1 /* WNOHANG */
#define CALL_STOP (SIGTRAP | 0x80) /* with PTRACE_O_TRACESYSGOOD */

int await_end(int pid, int *status)
{
	for (int ms = 0; ms < WAIT_LIMIT_MS; ms++) {
		if (sys(__NR_wait4, pid, status, NO_HANG, 0) != 0)
			return 1;
		sleep_ms(1);
	}
	return 0;
}

static int stopped_by(int status, int signal)
{
	return (status & 0xff) == 0x7f && status >> 8 == signal;
}

static int await_stop(int pid, int signal)
{
	int status = 0;

	return await_end(pid, &status) && stopped_by(status, signal);
}

int await_exec(int pid)
{
	return await_stop(pid, SIGTRAP) &&
	       sys(__NR_ptrace, PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0;
}

static int to_call_stop(int pid)
{
	return sys(__NR_ptrace, PTRACE_SYSCALL, pid, 0, 0) == 0 && await_stop(pid, CALL_STOP);
}

unsigned long enter_call(int pid)
{
	unsigned long number;

	return to_call_stop(pid) && read_register(pid, REGISTER(orig_rax), &number) ? number : (unsigned long)-1;
}

int leave_call(int pid)
{
	return to_call_stop(pid);
}

int finish_call(int pid)
{
	int status = 0;

	return sys(__NR_ptrace, PTRACE_SYSCALL, pid, 0, 0) == 0 && sys(__NR_wait4, pid, &status, 0, 0) == pid &&
	       stopped_by(status, CALL_STOP);
}

int repeat_call(int pid, struct registers *registers, long number, long first, long second)
{
	static const uint8_t instruction[] = { 0x0f, 0x05 }; /* syscall */
	uint64_t code;
	const uint8_t *bytes = (const uint8_t *)&code;

	registers->rip -= sizeof(instruction);
	if (!read_memory(pid, registers->rip, &code) || bytes[0] != instruction[0] || bytes[1] != instruction[1])
		return 0;
	registers->rax = number;
	registers->rdi = first;
	registers->rsi = second;
	registers->r10 = registers->r8 = 0;
	return write_registers(pid, registers) && enter_call(pid) == (unsigned long)number;
}

int read_register(int pid, size_t which, unsigned long *value)
{
	return sys(__NR_ptrace, PTRACE_PEEKUSR, pid, which, value) == 0;
}

int write_register(int pid, size_t which, unsigned long value)
{
	return sys(__NR_ptrace, PTRACE_POKEUSR, pid, which, value) == 0;
}

int read_registers(int pid, struct registers *registers)
{
	return sys(__NR_ptrace, PTRACE_GETREGS, pid, 0, registers) == 0;
}

int write_registers(int pid, const struct registers *registers)
{
	return sys(__NR_ptrace, PTRACE_SETREGS, pid, 0, registers) == 0;
}

int read_memory(int pid, unsigned long address, uint64_t *value)
{
	return sys(__NR_ptrace, PTRACE_PEEKDATA, pid, address, value) == 0;
}

int write_memory(int pid, unsigned long address, uint64_t value)
{
	return sys(__NR_ptrace, PTRACE_POKEDATA, pid, address, value) == 0;
}

int let_go(int pid)
{
	return sys(__NR_ptrace, PTRACE_DETACH, pid, 0, 0) == 0;
}
