/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that chooses when each vCPU of a machine with a schedule runs. docs/deterministic.md explains it. */
#include "guest.h"
#include "sys.h"

#include <linux/fcntl.h>
#include <linux/mman.h>

/* The i8254: QEMU ends the turn of a vCPU when its timer fires. No interrupt of it reaches a CPU: the kernel uses local timers. */
#define TIMER_MODE 0x43
#define TIMER_COUNT 0x40

static struct {
	uint64_t seed;
	int cpu;
	int done; /* a pipe: the pacer writes a byte after each task */
	volatile int *task; /* shared with it; none where there is no pacer */
} pacer;

static inline void out_byte(uint16_t port, uint8_t byte)
{
	__asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

void allow_ports(void)
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
 * Has the last CPU to itself. While it paces, it chooses at each of its turns how long the next turns of all vCPUs are. The longest
 * turn differs between seeds, from 1,300 instructions to 54,000 (shift=1): some races need short turns, some long ones.
 *
 * It never sleeps, also before and after it paces. When all vCPUs sleep, QEMU lets the clock jump to the next timer, in a thread that does
 * not wait until the last instructions of the vCPUs are counted (icount_start_warp_timer in QEMU): where the clock ends depends on the host.
 */
static _Noreturn void pace(int done)
{
	uint64_t cpus = 1ull << pacer.cpu, state = (pacer.seed + 1) * 0x9e3779b97f4a7c15ull;
	unsigned int most;
	word result = sys(__NR_sched_setaffinity, 0, sizeof(cpus), &cpus);

	if (result < 0)
		leave(1);
	allow_ports();
	for (int i = 0; i < 8; i++)
		next_random(&state);
	most = 1u << (state >> 33) % 8;
	sys(__NR_write, done, "", 1);
	while (*pacer.task == PACER_WAITS)
		;
	if (*pacer.task == PACER_PACES) {
		out_byte(TIMER_MODE, 0x34); /* channel 0, both bytes, periodic */
		set_timer(most);
		sys(__NR_write, done, "", 1);
	}
	while (*pacer.task == PACER_PACES)
		set_timer(2 + (unsigned int)((next_random(&state) >> 33) % most));
	out_byte(TIMER_MODE, 0x30); /* one-shot, as far away as it can be */
	set_timer(0);
	sys(__NR_write, done, "", 1);
	for (;;)
		;
}

static void await_pacer(void)
{
	if (sys(__NR_read, pacer.done, &(char){0}, 1) != 1)
		die("the pacer of the schedule ended before the command: it was killed, or has no CPU", 0);
}

static void start(enum pacer_task task)
{
	int ends[2], pid;

	if (sys(__NR_pipe2, ends, O_CLOEXEC) < 0)
		die("pipe2", 0);
	*pacer.task = task;
	pid = (int)fork_process();
	if (pid == 0)
		pace(ends[1]);
	if (pid < 0)
		die("fork", pid);
	sys(__NR_close, ends[1]);
	pacer.done = ends[0];
	await_pacer();
}

void tell_pacer(enum pacer_task task)
{
	if (!pacer.task)
		return;
	*pacer.task = task;
	await_pacer();
}

void begin_pacer(uint64_t seed, int cpu)
{
	word shared;

	if (seed == 0)
		return;
	shared = sys(__NR_mmap, 0, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared < 0 && shared > -4096)
		die("mmap", shared);
	pacer.seed = seed;
	pacer.cpu = cpu;
	pacer.task = (volatile int *)shared;
	start(PACER_WAITS);
}

void replace_pacer(void)
{
	if (!pacer.task)
		return;
	sys(__NR_close, pacer.done);
	start(PACER_RESTS);
}
