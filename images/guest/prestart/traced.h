/* SPDX-License-Identifier: GPL-2.0-only */
/* A child that is traced with ptrace(2). Functions give nonzero for success. All but finish_call wait at most two seconds. */
#ifndef KCONFORM_TRACED_H
#define KCONFORM_TRACED_H

#include "../sys.h"

#define PR_SET_MM 35
#define PR_SET_MM_ARG_END 9

struct registers { /* struct user_regs_struct of sys/user.h */
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, eflags, rsp, ss,
		fs_base, gs_base, ds, es, fs, gs;
};
#define REGISTER(name) offsetof(struct registers, name)

/* Waits until execve(2) has replaced the program. The child is killed when we end. */
int await_exec(int pid);
/* Until it is at its next system call: the call's number, or -1. */
unsigned long enter_call(int pid);
/* Until the call has been made. */
int leave_call(int pid);
/* The same, without a limit and in less code: for a clone, where each block of code is translated first. */
int finish_call(int pid);
/*
 * Sets a child that has made a call back to its `syscall` instruction, with another number and first arguments, and lets it
 * enter that call.
 */
int repeat_call(int pid, struct registers *registers, long number, long first, long second);
int read_register(int pid, size_t which, unsigned long *value);
int write_register(int pid, size_t which, unsigned long value);
int read_registers(int pid, struct registers *registers);
int write_registers(int pid, const struct registers *registers);
int read_memory(int pid, unsigned long address, uint64_t *value);
int write_memory(int pid, unsigned long address, uint64_t value);
/* Stops tracing; the child runs on. */
int let_go(int pid);
/* Until a child that is traced no more has ended. */
int await_end(int pid, int *status);

#endif
