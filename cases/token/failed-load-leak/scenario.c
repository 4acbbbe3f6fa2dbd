// kconform: ends after 30 s
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include "kconform.h"

#define LOADS 4000
#define FIRST_UID 100000
#define NO_MEMORY_HERE 16

/* Slab that cannot be given back, of the whole guest, in KiB (proc(5), /proc/meminfo). */
static long unreclaimable_kib(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SUnreclaim: %ld", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* The program has an owner when its instructions are read, which fails. @returns the errno, or 0 */
static int load(void)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = NO_MEMORY_HERE,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) < 0 ? errno : 0;
}

/* One load for each of many users. The effective user stays root, which may load programs. */
static int load_as_users(int count)
{
	int refused = 0;

	for (int i = 0; i < count; i++) {
		if (setresuid(FIRST_UID + i, -1, -1))
			return -1;
		refused += load() == EFAULT;
	}
	return setresuid(0, -1, -1) ? -1 : refused;
}

int main(void)
{
	long before, after = -1, grown = 0;
	int refused;

	load_as_users(1000); /* slab that became empty may stay, for the next users */
	sleep(1);
	before = unreclaimable_kib();
	refused = load_as_users(LOADS);
	/* Credentials are freed some time after their last use. */
	for (int tries = 0; tries < 10; tries++) {
		usleep(200 * 1000);
		after = unreclaimable_kib();
		grown = after - before;
		if (grown < 100)
			break;
	}
	observe("refused", refused);
	observe("grownKiB", grown);
	return before < 0 || after < 0 ? 2 : 0;
}
