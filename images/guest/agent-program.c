/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program: buffers, pointers inside them, and system calls.
 *   u32 repeat, u8 flags (1 stop at an error, 2 all results)
 *   u16 count of buffers, each: u32 length, u8 flags (1 its bytes follow, else zeros; 2 comes back), bytes
 *   u16 count of pointers, each: u16 buffer, u32 offset, u16 buffer pointed to, u32 offset in that
 *   u16 count of calls, each: u32 number, u8 count of arguments, each: u8 kind, u64 value
 * An argument is a number (0), a buffer's address (1) or an earlier call's result (2). The reply:
 *   u32 iterations, for each call: i64 last result, u32 failures, i32 first errno
 *   for each buffer that comes back: u32 length, bytes; for each iteration, if asked: i64 result of each call
 */
#include "agent.h"

#include <asm/errno.h>

#define BUFFER_LIMIT 1024
#define CALL_LIMIT 256
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

static uint32_t buffer_count, call_count;

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

static void take_calls(struct reader *reader)
{
	call_count = take(reader, 2);
	if (call_count == 0 || call_count > CALL_LIMIT)
		reader->bad = 1;
	for (uint32_t i = 0; i < call_count && !reader->bad; i++) {
		struct call *call = &calls[i];

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

/* Nonzero when it failed. */
static int make(struct call *call)
{
	uint64_t arguments[6] = { 0 };

	for (int j = 0; j < call->count; j++) {
		uint64_t value = call->value[j];

		arguments[j] = call->kind[j] == NUMBER ? value :
			       call->kind[j] == ADDRESS ? (uintptr_t)buffers[value].bytes : (uint64_t)calls[value].result;
	}
	call->result = syscall6(call->number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
				arguments[5]);
	if (call->result >= 0 || call->result < -4095)
		return 0;
	if (call->failures++ == 0)
		call->first_error = (int32_t)-call->result;
	return 1;
}

/* How many iterations were begun. Calls that an early stop left out have the result -ECANCELED. */
static uint32_t make_calls(uint32_t repeat, int flags, uint8_t *results)
{
	for (uint32_t done = 0; done < repeat; done++) {
		int stopped = 0;

		for (uint32_t i = 0; i < call_count; i++) {
			if (stopped)
				calls[i].result = -ECANCELED;
			else if (make(&calls[i]) && (flags & STOP_AT_ERROR))
				stopped = 1;
			if (results) {
				memcpy(results, &calls[i].result, 8);
				results += 8;
			}
		}
		if (stopped)
			return done + 1;
	}
	return repeat;
}

size_t run_program(const uint8_t *payload, size_t length, struct frame *reply)
{
	struct reader reader = { payload, payload + length, 0 };
	uint32_t repeat = take(&reader, 4), flags = take(&reader, 1), done;
	size_t size = take_buffers(&reader), answer, all;
	uint8_t *memory, *out = reply->payload;
	word mapped;

	if (size == 0)
		return refuse(reply, reader.bad ? "the program's buffers are malformed" : "the program's buffers are too many or too large");
	mapped = sys(__NR_mmap, 0, size, 3 /* PROT_READ | PROT_WRITE */, 0x22 /* MAP_PRIVATE | MAP_ANONYMOUS */, -1, 0);
	if (mapped < 0 && mapped >= -4095)
		return refuse(reply, "no memory for the program's buffers");
	memory = (uint8_t *)mapped;
	fill_buffers(memory);
	take_pointers(&reader);
	take_calls(&reader);
	answer = 4 + 16 * call_count;
	for (uint32_t i = 0; i < buffer_count; i++)
		if (buffers[i].flags & COMES_BACK)
			answer += 4 + (size_t)buffers[i].length;
	all = flags & ALL_RESULTS ? 8ul * call_count * repeat : 0;
	if (reader.bad || reader.at != reader.end || answer + all > PAYLOAD_LIMIT) {
		sys(__NR_munmap, memory, size);
		return refuse(reply, reader.bad || reader.at != reader.end ? "the program is malformed" :
									       "the program's results are larger than a frame");
	}
	done = make_calls(repeat, flags, all ? reply->payload + answer : NULL);
	memcpy(out, &done, 4);
	out += 4;
	for (uint32_t i = 0; i < call_count; i++, out += 16) {
		memcpy(out, &calls[i].result, 8);
		memcpy(out + 8, &calls[i].failures, 4);
		memcpy(out + 12, &calls[i].first_error, 4);
	}
	for (uint32_t i = 0; i < buffer_count; i++) {
		if (!(buffers[i].flags & COMES_BACK))
			continue;
		memcpy(out, &buffers[i].length, 4);
		memcpy(out + 4, buffers[i].bytes, buffers[i].length);
		out += 4 + buffers[i].length;
	}
	sys(__NR_munmap, memory, size);
	return answer + (all ? 8ul * call_count * done : 0);
}
