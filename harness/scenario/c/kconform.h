/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Observations of a scenario in C. #include "kconform.h" and say what was seen:
 *
 *	observe("root.uid", st.st_uid);              a number, by its type: integers, doubles, bool, text
 *	observe("options", options);                 text
 *	observe_errno("refused", mount(…));          null, or the name of errno where the call returned -1
 *	observe_json("root", "{\"uid\":%u}", uid);   JSON, put together like printf(3) does
 *
 * A dot in a name makes a member of an object. The exit status, the signal and the output are observed without a word. Run
 * without kconform, the same program prints its observations. For races between threads: thread_sleeps().
 */
#ifndef KCONFORM_H
#define KCONFORM_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* images/guest/scenario.c has the same number, and says what a record is. */
#define KCONFORM_RECORDS_FD 1000

/* glibc shows it to _GNU_SOURCE only, and a reproducer may do without. */
extern const char *strerrorname_np(int number);

__attribute__((unused)) static void kconform_record(const char *kind, const char *name, const char *bytes, size_t length)
{
	size_t size = length + strlen(name) + 64;
	char *record = malloc(size);
	int head;

	if (!record)
		abort();
	head = snprintf(record, size, "%s %s %zu\n", kind, name, length);
	memcpy(record + head, bytes, length);
	record[head + length] = '\n';
	if (write(KCONFORM_RECORDS_FD, record, head + length + 1) != (ssize_t)(head + length + 1))
		printf("observed %s: %.*s\n", name, (int)length, bytes);
	free(record);
}

__attribute__((unused, format(printf, 2, 3))) static void observe_json(const char *name, const char *format, ...)
{
	char *json;
	int length;
	va_list values, again;

	va_start(values, format);
	va_copy(again, values);
	length = vsnprintf(NULL, 0, format, values);
	va_end(values);
	json = length < 0 ? NULL : malloc(length + 1);
	if (!json)
		abort();
	vsnprintf(json, length + 1, format, again);
	va_end(again);
	kconform_record("json", name, json, length);
	free(json);
}

__attribute__((unused)) static void observe_text(const char *name, const char *text)
{
	if (text)
		kconform_record("text", name, text, strlen(text));
	else
		observe_json(name, "null");
}

__attribute__((unused)) static void observe_signed(const char *name, long long number)
{
	observe_json(name, "%lld", number);
}

__attribute__((unused)) static void observe_unsigned(const char *name, unsigned long long number)
{
	observe_json(name, "%llu", number);
}

__attribute__((unused)) static void observe_double(const char *name, double number)
{
	observe_json(name, "%.17g", number);
}

__attribute__((unused)) static void observe_bool(const char *name, bool value)
{
	observe_json(name, value ? "true" : "false");
}

/* `result` is what a system call returned: below 0 means that errno tells why. errno stays as it is. */
__attribute__((unused)) static void observe_errno(const char *name, long result)
{
	int number = errno;
	const char *known = result < 0 ? strerrorname_np(number) : NULL;

	if (result >= 0)
		observe_json(name, "null");
	else if (known)
		observe_text(name, known);
	else
		observe_json(name, "\"E%d\"", number);
	errno = number;
}

#define observe(name, value)                                                                                               \
	_Generic((value),                                                                                                  \
		char *: observe_text, const char *: observe_text, bool: observe_bool, float: observe_double,                  \
		double: observe_double, char: observe_signed, signed char: observe_signed, short: observe_signed,             \
		int: observe_signed, long: observe_signed, long long: observe_signed, unsigned char: observe_unsigned,        \
		unsigned short: observe_unsigned, unsigned int: observe_unsigned, unsigned long: observe_unsigned,            \
		unsigned long long: observe_unsigned)(name, value)

/*
 * Waits up to 5 s until a thread of this process sleeps: state S of proc_pid_stat(5). The thread stores its gettid(2) in *thread
 * before it makes the call that it is to sleep in.
 */
__attribute__((unused)) static bool thread_sleeps(const pid_t *thread)
{
	char path[64], state = 0;
	FILE *stat;

	for (int tries = 0; state != 'S' && tries < 500; tries++) {
		usleep(10 * 1000);
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", __atomic_load_n(thread, __ATOMIC_ACQUIRE));
		stat = fopen(path, "r");
		if (!stat)
			continue; /* it has not begun */
		if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(stat);
	}
	return state == 'S';
}

#endif
