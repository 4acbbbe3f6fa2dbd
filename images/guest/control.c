/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's lines on the control port:
 *   adopt SECONDS.NANOSECONDS SEED KEY   set the clock, reseed, let KEY log in; answers `adopted HEALTH`
 *   settle                               wait out an RCU grace period; answers `settled HEALTH`
 *   read PATH                            answers the file's lines, each behind `|`, then `end ERROR`
 *   write PATH TEXT                      writes the text as a line; answers `end ERROR`
 * HEALTH is TAINT WARNINGS OOPSES: /proc/sys/kernel/tainted and the counters in /sys/kernel, -1 where there is none.
 * ERROR is 0 or a negative errno. Scenarios cannot stand in the way here: these are the oracles' own eyes.
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/membarrier.h>
#include <linux/random.h>

#define SEED_BYTES 32

static void add_health(struct text *answer)
{
	static const char *const files[] = { "/proc/sys/kernel/tainted", "/sys/kernel/warn_count", "/sys/kernel/oops_count" };

	for (int i = 0; i < 3; i++) {
		char number[32];
		word length = read_text(files[i], number, sizeof(number));

		if (i == 0 && length <= 0)
			die(files[i], length);
		if (length > 0)
			number[length - 1] = 0; /* the line feed */
		add_text(answer, " ");
		add_text(answer, length > 0 ? number : "-1");
	}
	add_text(answer, "\n");
}

static void answer_end(int port, word error)
{
	char bytes[32];
	struct text answer = TEXT(bytes);

	add_text(&answer, "end ");
	add_number(&answer, error < 0 ? error : 0);
	add_text(&answer, "\n");
	write_all(port, answer.bytes, answer.length);
}

/* Each line of the file behind a `|`; a last line without a line feed gets one. */
static void answer_file(int port, const char *path)
{
	static char bytes[65536];
	word fd = sys(__NR_open, path, O_RDONLY | O_CLOEXEC), length = fd;
	int at_start = 1;

	while (fd >= 0 && (length = sys(__NR_read, fd, bytes, sizeof(bytes))) > 0) {
		for (word from = 0; from < length;) {
			word to = from;

			while (to < length && bytes[to] != '\n')
				to++;
			to += to < length;
			if (at_start)
				write_all(port, "|", 1);
			write_all(port, bytes + from, to - from);
			at_start = bytes[to - 1] == '\n';
			from = to;
		}
	}
	if (!at_start)
		write_all(port, "\n", 1);
	if (fd >= 0)
		sys(__NR_close, fd);
	answer_end(port, length);
}

/* `at` is PATH TEXT; TEXT is written as a line: the kernel log keeps back a record without a line feed. */
static void write_file(int port, char *at)
{
	char *path = at;
	word fd, result;
	size_t length;

	while (*at && *at != ' ')
		at++;
	if (*at)
		*at++ = 0;
	length = length_of(at);
	at[length++] = '\n'; /* over the NUL */
	fd = sys(__NR_open, path, O_WRONLY | O_CLOEXEC);
	result = fd < 0 ? fd : sys(__NR_write, fd, at, length);
	if (fd >= 0)
		sys(__NR_close, fd);
	answer_end(port, result);
}

/* Decimal digits up to something else, where `at` then stands; -1 when there are none. */
static int64_t take_number(const char **at)
{
	int64_t number = 0;
	int digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < 18; (*at)++, digits++)
		number = number * 10 + (**at - '0');
	return digits ? number : -1;
}

static int take_hex_digit(const char **at)
{
	char c = *(*at);

	if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
		return -1;
	(*at)++;
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Credits the seed and has the generator take it in at once, so that two clones of one template differ. */
static void reseed(const unsigned char *seed)
{
	struct {
		int entropy_count, size; /* struct rand_pool_info */
		unsigned char bytes[SEED_BYTES];
	} pool = { SEED_BYTES * 8, SEED_BYTES, { 0 } };
	word fd = sys(__NR_open, "/dev/urandom", O_RDWR | O_CLOEXEC), result;

	memcpy(pool.bytes, seed, SEED_BYTES);
	if (fd < 0)
		die("/dev/urandom", fd);
	result = sys(__NR_ioctl, fd, RNDADDENTROPY, &pool);
	if (result == 0)
		result = sys(__NR_ioctl, fd, RNDRESEEDCRNG, 0);
	if (result < 0)
		die("reseeding the random generator", result);
	sys(__NR_close, fd);
}

static void authorize(const char *key)
{
	const char *path = "/root/.ssh/authorized_keys";
	word fd = sys(__NR_open, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path, fd);
	if (write_all(fd, key, length_of(key)) < 0 || write_all(fd, "\n", 1) < 0)
		die(path, -EIO);
	sys(__NR_close, fd);
}

/* Nonzero when the line is as it should be; nothing is done otherwise. */
static int adopt(const char *at)
{
	unsigned char seed[SEED_BYTES];
	struct duration now;
	word result;

	now.seconds = take_number(&at);
	if (now.seconds < 0 || *at++ != '.')
		return 0;
	now.nanoseconds = take_number(&at);
	if (now.nanoseconds < 0 || now.nanoseconds > 999999999 || *at++ != ' ')
		return 0;
	for (int i = 0; i < SEED_BYTES; i++) {
		int high = take_hex_digit(&at), low = high < 0 ? -1 : take_hex_digit(&at);

		if (low < 0)
			return 0;
		seed[i] = high * 16 + low;
	}
	if (*at++ != ' ' || !*at)
		return 0;
	result = sys(__NR_clock_settime, 0 /* CLOCK_REALTIME */, &now);
	if (result < 0)
		die("setting the clock", result);
	reseed(seed);
	authorize(at);
	return 1;
}

static void serve(int port, char *line)
{
	char answer_bytes[128];
	struct text answer = TEXT(answer_bytes);

	if (starts_with(line, "adopt ") && adopt(line + 6)) {
		add_text(&answer, "adopted");
		add_health(&answer);
	} else if (same_text(line, "settle")) {
		/* synchronize_rcu() with more than one CPU (kernel/sched/membarrier.c); with one, idling ends a grace period. */
		sys(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		sleep_ms(30);
		add_text(&answer, "settled");
		add_health(&answer);
	} else if (starts_with(line, "read ")) {
		answer_file(port, line + 5);
		return;
	} else if (starts_with(line, "write ")) {
		write_file(port, line + 6);
		return;
	} else {
		add_text(&answer, "what?\n");
	}
	write_all(port, answer.bytes, answer.length); /* a host that has left hears nothing */
}

void serve_control(int port)
{
	static char line[2048];
	size_t length = 0;

	for (;;) {
		struct poll_entry input = { .fd = port, .events = POLL_IN };
		char byte;

		while (sys(__NR_wait4, -1, 0, 1 /* WNOHANG */, 0) > 0)
			;
		if (port_is_idle(port)) {
			length = 0;
			sleep_ms(2);
			continue;
		}
		if (sys(__NR_poll, &input, 1, 100) <= 0 || sys(__NR_read, port, &byte, 1) <= 0)
			continue;
		if (byte != '\n') {
			if (length < sizeof(line) - 1)
				line[length++] = byte;
			continue;
		}
		line[length] = 0;
		length = 0;
		serve(port, line);
	}
}
