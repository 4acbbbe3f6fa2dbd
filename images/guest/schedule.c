/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 under a schedule: runs one command in a machine that nothing from the host reaches, so that two boots with one seed are
 * the same. docs/deterministic.md explains it.
 * The kernel's command line says kconform.schedule=SEED:CPU:LIMIT_MS. /kconform/command is a shell script, /kconform/input its
 * standard input. What it printed and how it ended leaves through an I/O port whose bytes QEMU writes to a file:
 *   end 0                                the answer to `begin` (control.c)
 *   settled HEALTH                       before the command
 *   ended HOW NUMBER                     HOW is `exit`, `signal`, `limit`, or `stuck` where SIGKILL did not end it either
 *   stdout LENGTH, that many bytes, a line feed; the same for stderr
 *   settled HEALTH                       after the command
 *   |RECORD … end ERROR                  the kernel log
 *   whole                                the last line
 */
#include "guest.h"
#include "sys.h"

#include <asm/signal.h>
#include <linux/fcntl.h>

/* harness/guest/deterministic/arguments.ts has the same. */
#define ANSWER_PORT 0xe9

/* The kernel still tests its ciphers when init begins, for 0.1 s on one CPU. The scenario is to have all CPUs. */
#define SETTLE_MS 500
/* What processes may take to end of SIGKILL. */
#define DEATH_LIMIT_S 5

/* What the kernel's command line asks for. */
static struct {
	int asked, cpu, limit_ms;
	uint64_t seed;
} schedule;

static _Noreturn void run_command_file(int output, int errors)
{
	static char *const words[] = { "/bin/sh", "/kconform/command", NULL };
	static char *const nothing[] = { NULL };
	word input = sys(__NR_open, "/kconform/input", O_RDONLY);

	sys(__NR_setsid);
	sys(__NR_dup2, input, 0);
	sys(__NR_dup2, output, 1);
	sys(__NR_dup2, errors, 2);
	ignore_broken_pipes(0);
	sys(__NR_execve, words[0], words, nothing);
	leave(127);
}

/* Not more than that many bytes: something may still write to the file. */
static void send_file(int fd, word length)
{
	static char bytes[65536];
	word at = 0, got;

	while (at < length) {
		word left = length - at;

		got = sys(__NR_pread64, fd, bytes, left < (word)sizeof(bytes) ? left : (word)sizeof(bytes), at);
		if (got <= 0)
			return;
		const char *from = bytes;
		word count = got;

		__asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(ANSWER_PORT) : "memory");
		at += got;
	}
}

static void send_answers(int answers)
{
	send_file(answers, sys(__NR_lseek, answers, 0, 2 /* SEEK_END */));
	sys(__NR_ftruncate, answers, 0);
	sys(__NR_lseek, answers, 0, 0);
}

static void send_stream(int answers, const char *name, int fd)
{
	char bytes[64];
	struct text text = TEXT(bytes);
	word length = sys(__NR_lseek, fd, 0, 2 /* SEEK_END */);

	add_text(&text, name);
	add_number(&text, length);
	add_text(&text, "\n");
	write_all(answers, text.bytes, text.length);
	send_answers(answers);
	send_file(fd, length);
	write_all(answers, "\n", 1);
}

static word seconds(void)
{
	word time[2] = { 0 };

	sys(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, time);
	return time[0];
}

/*
 * Collects all processes of the scenario, which were killed: each is a child of init then. Returns whether all of them ended. It does
 * not sleep, as there is no pacer meanwhile. What a process waits for that not even SIGKILL ends is printed on the console (sysrq w).
 */
static int all_ended(void)
{
	word until = seconds() + DEATH_LIMIT_S;
	int trigger;

	while (seconds() < until)
		if (sys(__NR_wait4, -1, 0, 1 /* WNOHANG */, 0) < 0)
			return 1;
	trigger = (int)sys(__NR_open, "/proc/sysrq-trigger", O_WRONLY);
	sys(__NR_write, trigger, "w", 1);
	sys(__NR_close, trigger);
	return 0;
}

/*
 * Until the command has ended or its time is over, when all processes are killed; the answer's line about that. Others that end
 * meanwhile are collected. A pacer that ended before has not chosen the turns: what the command showed says nothing.
 */
static void await_command(int pid, int answers)
{
	struct poll_entry end = { .events = POLL_IN };
	char bytes[64];
	struct text text = TEXT(bytes);
	int status = 0, is_stuck = 0, ended;

	end.fd = (int)sys(__NR_pidfd_open, pid, 0);
	if (end.fd < 0)
		die("pidfd_open", end.fd);
	ended = sys(__NR_poll, &end, 1, schedule.limit_ms) > 0;
	if (ended) {
		tell_pacer(PACER_RESTS);
		sys(__NR_wait4, pid, &status, 0, 0);
	} else {
		sys(__NR_kill, -1, SIGKILL);
		is_stuck = !all_ended();
		replace_pacer();
	}
	add_text(&text, is_stuck ? "ended stuck " : !ended ? "ended limit " : status & 0x7f ? "ended signal " : "ended exit ");
	add_number(&text, !ended ? schedule.limit_ms : status & 0x7f ? status & 0x7f : (status >> 8) & 0xff);
	add_text(&text, "\n");
	write_all(answers, text.bytes, text.length);
}

static uint64_t take_digits(const char **at)
{
	uint64_t number = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		number = number * 10 + (**at - '0');
	if (**at == ':')
		(*at)++;
	return number;
}

static int new_file(const char *name)
{
	word fd = sys(__NR_memfd_create, name, 1 /* MFD_CLOEXEC */);

	if (fd < 0)
		die("memfd_create", fd);
	return (int)fd;
}

static void serve_text(int answers, const char *request)
{
	char line[16];
	struct text text = TEXT(line);

	add_text(&text, request);
	serve_line(answers, line);
}

static void read_schedule(void)
{
	static char line[4096];
	word length = read_text("/proc/cmdline", line, sizeof(line));

	if (length < 0)
		die("/proc/cmdline", length);
	for (const char *at = line; *at; at++) {
		const char *digits = at + 19;

		if (!starts_with(at, " kconform.schedule="))
			continue;
		schedule.asked = 1;
		schedule.seed = take_digits(&digits);
		schedule.cpu = (int)take_digits(&digits);
		schedule.limit_ms = (int)take_digits(&digits);
		return;
	}
}

void begin_schedule_if_asked(void)
{
	read_schedule();
	if (schedule.asked)
		begin_pacer(schedule.seed, schedule.cpu);
}

static _Noreturn void run_schedule(void)
{
	int answers = new_file("answers"), output = new_file("stdout"), errors = new_file("stderr"), pid;

	sleep_ms(SETTLE_MS);
	allow_ports();
	serve_text(answers, "begin");
	serve_text(answers, "settle");
	/* Before it paces, a short command would run before anybody else has a turn. */
	tell_pacer(PACER_PACES);
	pid = (int)fork_process();
	if (pid == 0)
		run_command_file(output, errors);
	if (pid < 0)
		die("fork", pid);
	await_command(pid, answers);
	send_stream(answers, "stdout ", output);
	send_stream(answers, "stderr ", errors);
	serve_text(answers, "settle");
	serve_text(answers, "log");
	write_all(answers, "whole\n", 6);
	send_answers(answers);
	sys(__NR_reboot, 0xfee1dead, 672274793, 0x1234567 /* LINUX_REBOOT_CMD_RESTART */, 0);
	for (;;)
		sleep_ms(1000);
}

void run_schedule_if_asked(void)
{
	if (schedule.asked)
		run_schedule();
}
