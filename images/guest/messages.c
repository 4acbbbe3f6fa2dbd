/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest's programs say when they fail: on standard error, and init through the kernel log. */
#include "guest.h"
#include "sys.h"

#include <linux/fcntl.h>

/* `PROGRAM: what: error N`, a line */
static void add_complaint(struct text *text, const char *program, const char *what, word error)
{
	add_text(text, program);
	add_text(text, ": ");
	add_text(text, what);
	if (error) {
		add_text(text, ": error ");
		add_number(text, error);
	}
	add_text(text, "\n");
}

void complain(const char *program, const char *what, word error)
{
	char bytes[300];
	struct text text = TEXT(bytes);

	add_complaint(&text, program, what, error);
	write_all(2, text.bytes, text.length);
}

/*
 * The kernel writes its log to the console by itself, also on a machine whose interrupts do not work, where what a program
 * writes to the console is lost.
 */
static void log_line(const char *line, size_t length)
{
	word log;

	sys(__NR_mkdir, "/dev", 0755);
	sys(__NR_mknod, "/dev/kmsg", 020600, 1 << 8 | 11); /* EEXIST where devtmpfs is mounted */
	log = sys(__NR_open, "/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log < 0 || sys(__NR_write, log, line, length) < 0)
		write_all(2, line, length);
	if (log >= 0)
		sys(__NR_close, log);
}

_Noreturn void die(const char *what, word error)
{
	char bytes[300];
	struct text text = TEXT(bytes);

	add_complaint(&text, "kconform init", what, error);
	log_line(text.bytes, text.length);
	leave(1);
}
