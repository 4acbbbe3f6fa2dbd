/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 under a schedule: runs one command in a machine that nothing from the host reaches, so that two boots with one seed are
 * the same. docs/deterministic.md explains it.
 * The kernel's command line says kconform.schedule=SEED:CPU:LIMIT_MS. /kconform/command is a shell script, /kconform/input its
 * standard input. What it printed and how it ended leaves through an I/O port whose bytes QEMU writes to a file:
 *   end 0                                the answer to `begin` (control.c)
 *   settled HEALTH                       before the command
 *   ended HOW NUMBER                     HOW is `exit`, `signal` or `limit`
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
/* The i8254: QEMU ends the turn of a vCPU when its timer fires. No interrupt of it reaches a CPU: the kernel uses local timers. */
#define TIMER_MODE 0x43
#define TIMER_COUNT 0x40

/*
 * The kernel still tests its ciphers when init begins, for 0.1 s on one CPU. The scenario is to have all CPUs. Then nothing runs, and
 * the clock of an idle guest costs nothing.
 */
#define SETTLE_MS 2000

static inline void out_byte(uint16_t port, uint8_t byte)
{
	__asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

static void allow_ports(void)
{
	word result = sys(__NR_iopl, 3);

	if (result < 0)
		die("I/O ports for a schedule (the kernel needs CONFIG_X86_IOPL_IOPERM)", result);
}

static void set_timer(unsigned int count)
{
	out_byte(TIMER_COUNT, count & 0xff);
	out_byte(TIMER_COUNT, count >> 8);
}

/* Marsaglia's xorshift64; `state` is not 0. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/*
 * Has the last CPU to itself, and chooses at each of its turns how long the next turns of all vCPUs are. The longest turn differs
 * between seeds, from 1,300 instructions to 54,000 (shift=1): some races need short turns, some long ones.
 */
static _Noreturn void pace(uint64_t seed, int cpu, int begun)
{
	uint64_t cpus = 1ull << cpu, state = (seed + 1) * 0x9e3779b97f4a7c15ull;
	unsigned int most;
	word result = sys(__NR_sched_setaffinity, 0, sizeof(cpus), &cpus);

	if (result < 0)
		leave(1);
	allow_ports();
	for (int i = 0; i < 8; i++)
		next_random(&state);
	most = 1u << (state >> 33) % 8;
	out_byte(TIMER_MODE, 0x34); /* channel 0, both bytes, periodic */
	set_timer(most);
	sys(__NR_write, begun, "", 1);
	for (;;)
		set_timer(2 + (unsigned int)((next_random(&state) >> 33) % most));
}

/*
 * Returns when the pacer runs: without it a short command would run before anybody else has a turn. With seed 0 there is none (0), and
 * the clock jumps to the next timer of the guest while all CPUs sleep.
 */
static int start_pacer(uint64_t seed, int cpu)
{
	int begun[2], pid;

	if (seed == 0)
		return 0;
	if (sys(__NR_pipe2, begun, O_CLOEXEC) < 0)
		die("pipe2", 0);
	pid = (int)fork_process();
	if (pid == 0)
		pace(seed, cpu, begun[1]);
	sys(__NR_close, begun[1]);
	if (pid < 0)
		die("fork", pid);
	if (sys(__NR_read, begun[0], &(char){0}, 1) != 1)
		die("the pacer of the schedule did not begin", 0);
	sys(__NR_close, begun[0]);
	return pid;
}

/* A pacer that has ended before has not chosen the turns: what the command showed says nothing. */
static void stop_pacing(int pid, int is_killed)
{
	if (pid == 0)
		return;
	if (!is_killed && sys(__NR_wait4, pid, 0, 1 /* WNOHANG */, 0) != 0)
		die("the pacer of the schedule ended before the command: it was killed, or has no CPU", 0);
	sys(__NR_kill, pid, SIGKILL);
	sys(__NR_wait4, pid, 0, 0, 0);
	out_byte(TIMER_MODE, 0x30); /* one-shot, as far away as it can be */
	set_timer(0);
}

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

static void send_file(int fd)
{
	static char bytes[65536];
	word at = 0, got;

	while ((got = sys(__NR_pread64, fd, bytes, sizeof(bytes), at)) > 0) {
		const char *from = bytes;
		word count = got;

		__asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(ANSWER_PORT) : "memory");
		at += got;
	}
}

static void send_stream(int answers, const char *name, int fd)
{
	char bytes[64];
	struct text text = TEXT(bytes);

	add_text(&text, name);
	add_number(&text, sys(__NR_lseek, fd, 0, 2 /* SEEK_END */));
	add_text(&text, "\n");
	write_all(answers, text.bytes, text.length);
	send_file(answers);
	sys(__NR_ftruncate, answers, 0);
	sys(__NR_lseek, answers, 0, 0);
	send_file(fd);
	write_all(answers, "\n", 1);
}

/*
 * Until the command has ended or its time is over; the answer's line about that. Others that end meanwhile are collected.
 * Returns whether all processes were killed, because the time was over.
 */
static int await_command(int pid, int limit_ms, int answers)
{
	struct poll_entry end = { .events = POLL_IN };
	char bytes[64];
	struct text text = TEXT(bytes);
	int status = 0, ended;

	end.fd = (int)sys(__NR_pidfd_open, pid, 0);
	if (end.fd < 0)
		die("pidfd_open", end.fd);
	ended = sys(__NR_poll, &end, 1, limit_ms) > 0;
	if (!ended)
		sys(__NR_kill, -1, SIGKILL);
	sys(__NR_wait4, pid, &status, 0, 0);
	add_text(&text, !ended ? "ended limit " : status & 0x7f ? "ended signal " : "ended exit ");
	add_number(&text, !ended ? limit_ms : status & 0x7f ? status & 0x7f : (status >> 8) & 0xff);
	add_text(&text, "\n");
	write_all(answers, text.bytes, text.length);
	return !ended;
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

static _Noreturn void run_schedule(const char *at)
{
	int answers = new_file("answers"), output = new_file("stdout"), errors = new_file("stderr"), pid, pacer;
	uint64_t seed = take_digits(&at);
	int cpu = (int)take_digits(&at), limit_ms = (int)take_digits(&at);

	sleep_ms(SETTLE_MS);
	allow_ports();
	serve_text(answers, "begin");
	serve_text(answers, "settle");
	pacer = start_pacer(seed, cpu);
	pid = (int)fork_process();
	if (pid == 0)
		run_command_file(output, errors);
	if (pid < 0)
		die("fork", pid);
	stop_pacing(pacer, await_command(pid, limit_ms, answers));
	send_stream(answers, "stdout ", output);
	send_stream(answers, "stderr ", errors);
	serve_text(answers, "settle");
	serve_text(answers, "log");
	write_all(answers, "whole\n", 6);
	send_file(answers);
	sys(__NR_reboot, 0xfee1dead, 672274793, 0x1234567 /* LINUX_REBOOT_CMD_RESTART */, 0);
	for (;;)
		sleep_ms(1000);
}

void run_schedule_if_asked(void)
{
	static char line[4096];
	word length = read_text("/proc/cmdline", line, sizeof(line));

	if (length < 0)
		die("/proc/cmdline", length);
	for (const char *at = line; *at; at++)
		if (starts_with(at, " kconform.schedule="))
			run_schedule(at + 19);
}
