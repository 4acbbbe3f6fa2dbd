/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program: buffers, pointers inside them, and system calls in one thread or several.
 *   u16 count of buffers, each: u32 length, u8 flags (1 its bytes follow, else zeros; 2 comes back), bytes
 *   u16 count of pointers, each: u16 buffer, u32 offset, u16 buffer pointed to, u32 offset in that
 *   u8 count of threads, each: u32 repeat, u8 flags (1 stop at an error, 2 all results)
 *     u16 count of calls, each: u32 number, u8 count of arguments, each: u8 kind, u64 value
 * An argument is a number (0), a buffer's address (1) or the result of an earlier call of the same thread (2). The reply:
 *   for each thread: u32 iterations, for each call: i64 last result, u32 failures, i32 first errno
 *   for each buffer that comes back: u32 length, bytes
 *   for each thread that asked, for each iteration: i64 result of each call
 * The calls of a single thread are made by the process's own; several run beside that, and end before the reply.
 */
#include "agent.h"

#include <asm/errno.h>
#include <linux/futex.h>
#include <linux/sched.h>

#define BUFFER_LIMIT 1024
#define CALL_LIMIT 256 /* of all threads together */
#define THREAD_LIMIT 8
#define STACK_SIZE (16 * 1024)
#define MEMORY_LIMIT (64ul * 1024 * 1024)

enum { STOP_AT_ERROR = 1, ALL_RESULTS = 2 };
enum { HAS_BYTES = 1, COMES_BACK = 2 };
enum { NUMBER, ADDRESS, EARLIER_RESULT };

static struct buffer {
	uint8_t *bytes;
	const uint8_t *initial; /* NULL for zeros */
	uint32_t length;
	uint8_t flags;
} buffers[BUFFER_LIMIT];

static struct call {
	uint32_t number;
	uint8_t count;
	uint8_t kind[6];
	uint64_t value[6];
	int64_t result;
	uint32_t failures;
	int32_t first_error;
} calls[CALL_LIMIT];

static struct thread {
	uint32_t repeat, flags;
	struct call *calls;
	uint32_t call_count;
	uint32_t iterations; /* how many were begun */
	uint8_t *results; /* NULL when only the last are asked for */
	uint32_t id; /* the kernel's; 0 once it has ended */
} threads[THREAD_LIMIT];

/* What threads that were started wait for. */
enum { NOT_YET, GO, CALLED_OFF };
static uint32_t release;

static uint8_t stacks[THREAD_LIMIT][STACK_SIZE] __attribute__((aligned(16)));
static uint32_t buffer_count, call_count, thread_count;

static size_t aligned(uint32_t length)
{
	return (length + 63ul) & ~63ul;
}

/* The size of all buffers together, 0 when they are malformed. */
static size_t take_buffers(struct reader *reader)
{
	size_t total = 4096;

	buffer_count = take(reader, 2);
	if (buffer_count > BUFFER_LIMIT)
		return 0;
	for (uint32_t i = 0; i < buffer_count; i++) {
		struct buffer *buffer = &buffers[i];

		buffer->length = take(reader, 4);
		buffer->flags = take(reader, 1);
		buffer->initial = NULL;
		if (buffer->flags & HAS_BYTES) {
			if ((size_t)(reader->end - reader->at) < buffer->length)
				reader->bad = 1;
			if (reader->bad)
				return 0;
			buffer->initial = reader->at;
			reader->at += buffer->length;
		}
		total += aligned(buffer->length);
	}
	return reader->bad || total > MEMORY_LIMIT ? 0 : total;
}

static void fill_buffers(uint8_t *memory)
{
	for (uint32_t i = 0; i < buffer_count; i++) {
		buffers[i].bytes = memory;
		if (buffers[i].initial)
			memcpy(memory, buffers[i].initial, buffers[i].length);
		memory += aligned(buffers[i].length);
	}
}

static void take_pointers(struct reader *reader)
{
	uint32_t count = take(reader, 2);

	for (uint32_t i = 0; i < count && !reader->bad; i++) {
		uint32_t in = take(reader, 2), offset = take(reader, 4), to = take(reader, 2), inside = take(reader, 4);
		uint64_t address;

		if (in >= buffer_count || to >= buffer_count || (uint64_t)offset + 8 > buffers[in].length ||
		    inside > buffers[to].length) {
			reader->bad = 1;
			return;
		}
		address = (uintptr_t)buffers[to].bytes + inside;
		memcpy(buffers[in].bytes + offset, &address, 8);
	}
}

static void take_calls(struct reader *reader, struct thread *thread)
{
	thread->calls = &calls[call_count];
	thread->call_count = take(reader, 2);
	if (thread->call_count == 0 || thread->call_count > CALL_LIMIT - call_count) {
		reader->bad = 1;
		return;
	}
	call_count += thread->call_count;
	for (uint32_t i = 0; i < thread->call_count && !reader->bad; i++) {
		struct call *call = &thread->calls[i];

		memset(call, 0, sizeof(*call));
		call->number = take(reader, 4);
		call->count = take(reader, 1);
		if (call->count > 6)
			reader->bad = 1;
		for (int j = 0; j < call->count && !reader->bad; j++) {
			call->kind[j] = take(reader, 1);
			call->value[j] = take(reader, 8);
			if (call->kind[j] > EARLIER_RESULT || (call->kind[j] == ADDRESS && call->value[j] >= buffer_count) ||
			    (call->kind[j] == EARLIER_RESULT && call->value[j] >= i))
				reader->bad = 1;
		}
	}
}

static void take_threads(struct reader *reader)
{
	call_count = 0;
	thread_count = take(reader, 1);
	if (thread_count == 0 || thread_count > THREAD_LIMIT)
		reader->bad = 1;
	for (uint32_t i = 0; i < thread_count && !reader->bad; i++) {
		struct thread *thread = &threads[i];

		memset(thread, 0, sizeof(*thread));
		thread->repeat = take(reader, 4);
		thread->flags = take(reader, 1);
		take_calls(reader, thread);
	}
}

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

		arguments[j] = call->kind[j] == NUMBER ? value :
			       call->kind[j] == ADDRESS ? (uintptr_t)buffers[value].bytes : (uint64_t)earlier[value].result;
	}
	result = syscall6(call->number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
	/* A child ends at once: in a loop it would fork as well, and what shares our memory must leave it and the stack alone. */
	while (result == 0 && makes_a_process(call->number))
		sys(__NR_exit, 0);
	call->result = result;
	if (call->result >= 0 || call->result < -4095)
		return 0;
	if (call->failures++ == 0)
		call->first_error = (int32_t)-call->result;
	return 1;
}

/* Calls that an early stop or the end of the thread left out have the result -ECANCELED. */
static void make_calls(struct thread *thread)
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

/* As pthread_create(3) does it; the kernel clears the id and wakes who waits for that when the thread has ended. */
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

/* Lets them go when all have been started, and waits for their end. A negative errno when one could not be started. */
static word run_threads(void)
{
	word started = 0;

	release = NOT_YET;
	for (uint32_t i = 0; i < thread_count && started >= 0; i++)
		started = start_thread(&threads[i], stacks[i] + STACK_SIZE);
	__atomic_store_n(&release, started < 0 ? CALLED_OFF : GO, __ATOMIC_RELEASE);
	sys(__NR_futex, &release, FUTEX_WAKE, THREAD_LIMIT);
	for (uint32_t i = 0; i < thread_count; i++)
		for (uint32_t id; (id = __atomic_load_n(&threads[i].id, __ATOMIC_ACQUIRE)) != 0;)
			wait_while(&threads[i].id, id);
	return started < 0 ? started : 0;
}

static uint8_t *add(uint8_t *to, const void *bytes, size_t length)
{
	memcpy(to, bytes, length);
	return to + length;
}

static uint8_t *add_results(uint8_t *out)
{
	for (uint32_t i = 0; i < thread_count; i++) {
		out = add(out, &threads[i].iterations, 4);
		for (uint32_t j = 0; j < threads[i].call_count; j++) {
			out = add(out, &threads[i].calls[j].result, 8);
			out = add(out, &threads[i].calls[j].failures, 4);
			out = add(out, &threads[i].calls[j].first_error, 4);
		}
	}
	for (uint32_t i = 0; i < buffer_count; i++) {
		if (!(buffers[i].flags & COMES_BACK))
			continue;
		out = add(out, &buffers[i].length, 4);
		out = add(out, buffers[i].bytes, buffers[i].length);
	}
	for (uint32_t i = 0; i < thread_count; i++) {
		size_t length = 8ul * threads[i].call_count * threads[i].iterations;

		if (!threads[i].results)
			continue;
		memmove(out, threads[i].results, length); /* those before it may have stopped early */
		out += length;
	}
	return out;
}

/* Where the results of all iterations go, behind the rest of the reply; 0 when that is larger than a frame. */
static int place_results(uint8_t *reply)
{
	size_t at = 4 * thread_count + 16 * call_count;

	for (uint32_t i = 0; i < buffer_count; i++)
		if (buffers[i].flags & COMES_BACK)
			at += 4 + (size_t)buffers[i].length;
	for (uint32_t i = 0; i < thread_count; i++) {
		if (!(threads[i].flags & ALL_RESULTS))
			continue;
		threads[i].results = reply + at;
		at += 8ul * threads[i].call_count * threads[i].repeat;
	}
	return at <= PAYLOAD_LIMIT;
}

size_t run_program(const uint8_t *payload, size_t length, struct frame *reply)
{
	struct reader reader = { payload, payload + length, 0 };
	size_t size = take_buffers(&reader), answer;
	uint8_t *memory;
	word mapped, failed;

	if (size == 0)
		return refuse(reply, reader.bad ? "the program's buffers are malformed" : "the program's buffers are too many or too large");
	mapped = sys(__NR_mmap, 0, size, 3 /* PROT_READ | PROT_WRITE */, 0x22 /* MAP_PRIVATE | MAP_ANONYMOUS */, -1, 0);
	if (mapped < 0 && mapped >= -4095)
		return refuse(reply, "no memory for the program's buffers");
	memory = (uint8_t *)mapped;
	fill_buffers(memory);
	take_pointers(&reader);
	take_threads(&reader);
	if (reader.bad || reader.at != reader.end)
		answer = refuse(reply, "the program is malformed");
	else if (!place_results(reply->payload))
		answer = refuse(reply, "the program's results are larger than a frame");
	else if (thread_count > 1 && (failed = run_threads()) < 0)
		answer = refuse_start(reply, "cannot start a thread", failed);
	else {
		if (thread_count == 1)
			make_calls(&threads[0]);
		answer = add_results(reply->payload) - reply->payload;
	}
	sys(__NR_munmap, memory, size);
	return answer;
}
