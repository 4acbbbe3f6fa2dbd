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
#include "agent-program.h"

#define BUFFER_LIMIT 1024
#define CALL_LIMIT 256 /* of all threads together */
#define MEMORY_LIMIT (64ul * 1024 * 1024)

enum { HAS_BYTES = 1, COMES_BACK = 2 };

static struct buffer {
	uint8_t *bytes;
	const uint8_t *initial; /* NULL for zeros */
	uint32_t length;
	uint8_t flags;
} buffers[BUFFER_LIMIT];

static struct call calls[CALL_LIMIT];
static struct thread threads[THREAD_LIMIT];
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
			else if (call->kind[j] == ADDRESS)
				call->value[j] = (uintptr_t)buffers[call->value[j]].bytes;
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
	else if (thread_count > 1 && (failed = run_threads(threads, thread_count)) < 0)
		answer = refuse_start(reply, "cannot start a thread", failed);
	else {
		if (thread_count == 1)
			make_calls(&threads[0]);
		answer = add_results(reply->payload) - reply->payload;
	}
	sys(__NR_munmap, memory, size);
	return answer;
}
