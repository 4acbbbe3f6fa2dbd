/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenarios that are programs of the guest.
 *   scenario LIMIT_MS PROGRAM ARGUMENT…   runs it; what it prints, on either stream, goes to standard output, and its
 *                                         records, then how it ended, to standard error
 *   scenario LIMIT_MS -- PROGRAM …        the same for a program that makes no records: it has no descriptor of ours
 *   observe NAME [--json] [VALUE]         adds a record; the value is standard input where none is given
 * A record: KIND NAME LENGTH, a line feed, that many bytes, a line feed; KIND is `text` or `json`. The last one is of kind
 * `end`: its name is `exit`, `signal` or `limit`, its bytes the number. Records are kept in memory behind a descriptor that every
 * child inherits, so that they can be made by another user, in another root or another namespace too.
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/fcntl.h>

/* harness/scenario/c/kconform.h has the same number. */
#define RECORDS_FD 1000
#define VALUE_LIMIT (1024 * 1024)
#define BROKEN 125
#define NOT_STARTED 127

static char value[VALUE_LIMIT + 1];

/* One write for each record, so that those of processes that run at once do not mix. */
static int add_record(int fd, const char *kind, const char *name, const char *bytes, size_t length)
{
	static char record[VALUE_LIMIT + 1024];
	struct text text = TEXT(record);

	add_text(&text, kind);
	add_text(&text, " ");
	add_text(&text, name);
	add_text(&text, " ");
	add_number(&text, length);
	add_text(&text, "\n");
	if (text.length + length + 1 > text.size)
		return -1;
	memcpy(record + text.length, bytes, length);
	record[text.length + length] = '\n';
	return write_all(fd, record, text.length + length + 1);
}

/* ---- observe ---- */

/* Standard input without its last line feed; -1 when it is too long. */
static word read_value(void)
{
	size_t length = 0;
	word got;

	while ((got = sys(__NR_read, 0, value + length, sizeof(value) - length)) > 0)
		length += got;
	if (got < 0 || length > VALUE_LIMIT)
		return -1;
	return length > 0 && value[length - 1] == '\n' ? length - 1 : length;
}

int observe_main(int argc, char **argv)
{
	const char *kind = "text", *name = argc > 1 ? argv[1] : "";
	int at = 2;
	word length;

	if (argc > 2 && same_text(argv[2], "--json"))
		kind = "json", at = 3;
	if (!*name || argc > at + 1) {
		complain("observe", "usage: observe NAME [--json] [VALUE]", 0);
		return BROKEN;
	}
	for (const char *letter = name; *letter; letter++)
		if (*letter <= ' ' || letter - name > 200) {
			complain("observe", "a name is at most 200 letters, without white space", 0);
			return BROKEN;
		}
	length = at < argc ? (word)length_of(argv[at]) : read_value();
	if (length < 0 || length > VALUE_LIMIT) {
		complain("observe", "a value of more than 1 MiB, or one that cannot be read", 0);
		return BROKEN;
	}
	if (add_record(RECORDS_FD, kind, name, at < argc ? argv[at] : value, length) == 0)
		return 0;
	complain("observe", "no scenario listens (its descriptor 1000 is closed)", 0);
	return BROKEN;
}

/* ---- scenario ---- */

static int64_t now_ms(void)
{
	struct duration time = { 0, 0 };

	sys(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, &time);
	return time.seconds * 1000 + time.nanoseconds / 1000000;
}

static _Noreturn void exec_scenario(char **arguments, char **environment, int output, int records)
{
	int null = (int)sys(__NR_open, "/dev/null", O_RDONLY);

	sys(__NR_setsid);
	sys(__NR_prctl, 1 /* PR_SET_PDEATHSIG */, SIGKILL); /* the agent kills this runner when the host has gone */
	sys(__NR_dup2, null, 0);
	sys(__NR_dup2, output, 1);
	sys(__NR_dup2, output, 2);
	sys(__NR_close, null);
	if (records >= 0)
		sys(__NR_dup2, records, RECORDS_FD);
	sys(__NR_execve, arguments[0], arguments, environment);
	complain("scenario", "the program cannot be executed", 0);
	leave(NOT_STARTED);
}

/* The records that were made since the last time. */
static int pass_records(int records)
{
	static char bytes[65536];
	static int64_t at;
	word got;

	while ((got = sys(__NR_pread64, records, bytes, sizeof(bytes), at)) > 0) {
		if (write_all(2, bytes, got) < 0)
			return -1;
		at += got;
	}
	return (int)got;
}

/* Passes on what the program prints until it ends, or until the limit; nonzero at the limit. Children may hold the pipe longer. */
static int relay_output(int pidfd, int output, int records, int64_t deadline)
{
	static char bytes[65536];

	for (;;) {
		struct poll_entry ends[2] = { { .fd = output, .events = POLL_IN }, { .fd = pidfd, .events = POLL_IN } };
		int64_t left = deadline - now_ms();
		word got;

		if (left <= 0 || pass_records(records) < 0)
			return 1;
		if (sys(__NR_poll, ends, 2, left > 1000 ? 1000 : left) < 0)
			continue;
		got = sys(__NR_read, output, bytes, sizeof(bytes));
		if (got > 0 && write_all(1, bytes, got) < 0)
			return 1; /* nobody reads: the host cut it off */
		if (got <= 0 && ends[1].revents)
			return 0;
		if (got == 0) { /* both streams closed, and it goes on */
			output = -1;
			ends[0].fd = -1;
		}
	}
}

int scenario_main(int argc, char **argv, char **environment)
{
	int pipe[2], records, pid, pidfd, limit = 0, passed, status = 0, bare;
	char number_bytes[32];
	struct text number = TEXT(number_bytes);
	const char *how;

	bare = argc > 3 && same_text(argv[2], "--");
	if (argc < 3) {
		complain("scenario", "usage: scenario LIMIT_MS [--] PROGRAM ARGUMENT…", 0);
		return BROKEN;
	}
	for (const char *digit = argv[1]; *digit >= '0' && *digit <= '9' && limit < 100000000; digit++)
		limit = limit * 10 + (*digit - '0');
	records = (int)sys(__NR_memfd_create, "observations", 1 /* MFD_CLOEXEC */);
	if (records < 0 || sys(__NR_pipe2, pipe, O_CLOEXEC) < 0) {
		complain("scenario", "no memory for observations or no pipe", 0);
		return BROKEN;
	}
	pid = (int)fork_process();
	if (pid == 0)
		exec_scenario(argv + 2 + bare, environment, pipe[1], bare ? -1 : records);
	sys(__NR_close, pipe[1]);
	pidfd = pid < 0 ? -1 : (int)sys(__NR_pidfd_open, pid, 0);
	if (pidfd < 0) {
		complain("scenario", "cannot fork", 0);
		return BROKEN;
	}
	sys(__NR_fcntl, pipe[0], F_SETFL, O_NONBLOCK);
	passed = relay_output(pidfd, pipe[0], records, now_ms() + limit);
	if (passed)
		sys(__NR_kill, -pid, SIGKILL);
	while (sys(__NR_wait4, pid, &status, 0, 0) == -EINTR)
		;
	how = passed ? "limit" : status & 0x7f ? "signal" : "exit";
	add_number(&number, passed ? limit : status & 0x7f ? status & 0x7f : (status >> 8) & 0xff);
	if (pass_records(records) < 0 || add_record(2, "end", how, number.bytes, number.length) < 0)
		return BROKEN;
	return 0;
}
