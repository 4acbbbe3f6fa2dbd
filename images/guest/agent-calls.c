/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the system calls of a program, in the process's own thread or in several. */
#include "agent-program.h"

#include <asm/errno.h>
#include <linux/futex.h>
#include <linux/sched.h>

#define STACK_SIZE (16 * 1024)

/* What threads that were started wait for. */
enum { NOT_YET, GO, CALLED_OFF };
static uint32_t release;

static uint8_t stacks[THREAD_LIMIT][STACK_SIZE] __attribute__((aligned(16)));

static int makes_a_process(uint32_t number)
{
	number &= ~0x40000000u; /* of the x32 interface */
	return number == __NR_fork || number == __NR_vfork || number == __NR_clone || number == __NR_clone3;
}

/* Nonzero when it failed. */
static int make(struct call *call, const struct call *earlier)
{
	uint64_t arguments[6] = { 0 };
	word result;

	for (int j = 0; j < call->count; j++) {
		uint64_t value = call->value[j];

		arguments[j] = call->kind[j] == EARLIER_RESULT ? (uint64_t)earlier[value].result : value;
	}
	result = syscall6(call->number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
	/* A child ends at once. In a loop it would fork again, and a child that shares our memory must not change it or the stack. */
	while (result == 0 && makes_a_process(call->number))
		sys(__NR_exit, 0);
	call->result = result;
	if (call->result >= 0 || call->result < -4095)
		return 0;
	if (call->failures++ == 0)
		call->first_error = (int32_t)-call->result;
	return 1;
}

void make_calls(struct thread *thread)
{
	int stopped = 0;

	while (thread->iterations < thread->repeat && !stopped) {
		uint8_t *results = thread->results ? thread->results + 8ul * thread->call_count * thread->iterations : NULL;

		thread->iterations++;
		for (uint32_t i = 0; i < thread->call_count; i++)
			thread->calls[i].result = -ECANCELED;
		for (uint32_t i = 0; i < thread->call_count && !stopped; i++)
			stopped = make(&thread->calls[i], thread->calls) && (thread->flags & STOP_AT_ERROR);
		for (uint32_t i = 0; i < thread->call_count && results; i++)
			memcpy(results + 8 * i, &thread->calls[i].result, 8);
	}
}

static void wait_while(uint32_t *place, uint32_t value)
{
	while (__atomic_load_n(place, __ATOMIC_ACQUIRE) == value)
		sys(__NR_futex, place, FUTEX_WAIT, value, 0);
}

static void thread_main(struct thread *thread)
{
	wait_while(&release, NOT_YET);
	if (release == GO)
		make_calls(thread);
}

/* As pthread_create(3) does. At the end of the thread the kernel clears `id` and wakes whoever waits for that. */
static word start_thread(struct thread *thread, void *stack_end)
{
	const word flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
			   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	register word cleared __asm__("r10") = (word)&thread->id;
	register void (*begin)(struct thread *) __asm__("r12") = thread_main;
	register struct thread *self __asm__("r13") = thread;
	word result;

	__asm__ volatile("syscall\n"
			 "	test %%rax, %%rax\n"
			 "	jnz 1f\n"
			 "	xor %%ebp, %%ebp\n"
			 "	mov %%r13, %%rdi\n"
			 "	call *%%r12\n"
			 "	xor %%edi, %%edi\n"
			 "	mov %[exit], %%eax\n"
			 "	syscall\n"
			 "1:\n"
			 : "=a"(result)
			 : "a"(__NR_clone), "D"(flags), "S"(stack_end), "d"(&thread->id), "r"(cleared), "r"(begin), "r"(self),
			   [exit] "i"(__NR_exit)
			 : "rcx", "r11", "memory");
	return result;
}

word run_threads(struct thread *threads, uint32_t count)
{
	word started = 0;

	release = NOT_YET;
	for (uint32_t i = 0; i < count && started >= 0; i++)
		started = start_thread(&threads[i], stacks[i] + STACK_SIZE);
	__atomic_store_n(&release, started < 0 ? CALLED_OFF : GO, __ATOMIC_RELEASE);
	sys(__NR_futex, &release, FUTEX_WAKE, THREAD_LIMIT);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t id; (id = __atomic_load_n(&threads[i].id, __ATOMIC_ACQUIRE)) != 0;)
			wait_while(&threads[i].id, id);
	return started < 0 ? started : 0;
}
