/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's lines on the control port:
 *   adopt SECONDS.NANOSECONDS SEED       set the clock, reseed; answers `adopted`
 *   settle                               wait out an RCU grace period; answers `settled HEALTH`
 *   begin                                what is in the kernel log now is not the case's; answers `end 0`
 *   read PATH                            answers the file's lines, each behind `|`, then `end ERROR`
 *   write PATH TEXT                      writes the text as a line; answers `end ERROR`
 *   log                                  answers the kernel log's records since `adopt`, or since the last `log`, as `read` does;
 *                                        `lost` stands where records were overwritten before they were read
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
#define HEALTH_FILES 3
#define LONGEST_RECORD 10000 /* more than PRINTK_MESSAGE_MAX (kernel/printk/internal.h) */
#define MOST_RECORDS (8 << 20) /* bytes of one answer: more than a log buffer holds, so somebody writes as fast as we read */
#define MNT_DETACH 2 /* umount2(2) */

/* Opened before a guest is frozen: opening them costs each of its clones some 1,500 blocks of code to translate. */
static struct {
	word random, log, health[HEALTH_FILES];
} kept;

/* Through mounts that nobody sees, so that they do not keep a scenario from unmounting its own. */
void open_kept_files(void)
{
	static const char *const files[HEALTH_FILES][2] = {
		{ "proc", "sys/kernel/tainted" },
		{ "sysfs", "kernel/warn_count" },
		{ "sysfs", "kernel/oops_count" },
	};

	kept.random = sys(__NR_open, "/dev/urandom", O_RDWR | O_CLOEXEC);
	if (kept.random < 0)
		die("/dev/urandom", kept.random);
	kept.log = sys(__NR_open, "/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* none without CONFIG_PRINTK */
	for (int i = 0; i < HEALTH_FILES; i++) {
		char path_bytes[64];
		struct text path = TEXT(path_bytes);
		word result = sys(__NR_mount, "none", "/mnt", files[i][0], 0, NULL);

		if (result < 0)
			die("a second mount of /proc or /sys", result);
		add_text(&path, "/mnt/");
		add_text(&path, files[i][1]);
		kept.health[i] = sys(__NR_open, path_bytes, O_RDONLY | O_CLOEXEC);
		sys(__NR_umount2, "/mnt", MNT_DETACH);
	}
}

static void add_health(struct text *answer)
{
	for (int i = 0; i < HEALTH_FILES; i++) {
		char number[32];
		word length = kept.health[i] < 0 ? 0 : sys(__NR_pread64, kept.health[i], number, sizeof(number), 0);

		if (i == 0 && length <= 0)
			die("/proc/sys/kernel/tainted", length);
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

/* One record at a read (Documentation/ABI/testing/dev-kmsg). A scenario that turns /dev/kmsg off or hides it changes nothing here. */
static void answer_log(int port)
{
	static char bytes[65536];
	size_t length = 0, total = 0;
	word got = kept.log;

	while (kept.log >= 0) {
		if (sizeof(bytes) - length < LONGEST_RECORD) {
			write_all(port, bytes, length);
			total += length;
			length = 0;
		}
		got = total > MOST_RECORDS ? -EPIPE : sys(__NR_read, kept.log, bytes + length + 1, LONGEST_RECORD - 1);
		if (got == -EPIPE) {
			memcpy(bytes + length, "lost\n", 5);
			length += 5;
			if (total > MOST_RECORDS)
				break;
		} else if (got > 0) {
			bytes[length] = '|';
			length += got + 1;
		} else {
			break;
		}
	}
	write_all(port, bytes, length);
	answer_end(port, got == -EAGAIN || got == -EPIPE ? 0 : got);
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
	word result;

	memcpy(pool.bytes, seed, SEED_BYTES);
	result = sys(__NR_ioctl, kept.random, RNDADDENTROPY, &pool);
	if (result == 0)
		result = sys(__NR_ioctl, kept.random, RNDRESEEDCRNG, 0);
	if (result < 0)
		die("reseeding the random generator", result);
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
	if (*at)
		return 0;
	result = sys(__NR_clock_settime, 0 /* CLOCK_REALTIME */, &now);
	if (result < 0)
		die("setting the clock", result);
	reseed(seed);
	return 1;
}

void serve_line(int port, char *line)
{
	char answer_bytes[128];
	struct text answer = TEXT(answer_bytes);

	if (starts_with(line, "adopt ") && adopt(line + 6)) {
		add_text(&answer, "adopted\n");
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
	} else if (same_text(line, "log")) {
		answer_log(port);
		return;
	} else if (same_text(line, "begin")) {
		if (kept.log >= 0)
			sys(__NR_lseek, kept.log, 0, 2 /* SEEK_END */);
		answer_end(port, 0);
		return;
	} else {
		add_text(&answer, "what?\n");
	}
	write_all(port, answer.bytes, answer.length); /* a host that has left hears nothing */
}

void serve_control(int port)
{
	static char line[2048], input[2048];
	size_t length = 0;

	for (;;) {
		struct poll_entry readable = { .fd = port, .events = POLL_IN };
		word got;

		while (sys(__NR_wait4, -1, 0, 1 /* WNOHANG */, 0) > 0)
			;
		sys(__NR_poll, &readable, 1, 100);
		if (readable.revents & POLL_HUP) {
			length = 0;
			sleep_ms(2);
			continue;
		}
		if (!(readable.revents & POLL_IN))
			continue;
		got = sys(__NR_read, port, input, sizeof(input));
		for (word i = 0; i < got; i++) {
			if (input[i] != '\n') {
				if (length < sizeof(line) - 1)
					line[length++] = input[i];
				continue;
			}
			line[length] = 0;
			length = 0;
			serve_line(port, line);
		}
	}
}
