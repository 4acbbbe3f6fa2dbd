/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls of a program, by thread. */
#ifndef KCONFORM_AGENT_PROGRAM_H
#define KCONFORM_AGENT_PROGRAM_H

#include "agent.h"

#define THREAD_LIMIT 8

enum { STOP_AT_ERROR = 1, ALL_RESULTS = 2 };
enum { NUMBER, ADDRESS, EARLIER_RESULT };

struct call {
	uint32_t number;
	uint8_t count;
	uint8_t kind[6];
	uint64_t value[6]; /* of kind ADDRESS: the address itself */
	int64_t result;
	uint32_t failures;
	int32_t first_error;
};

struct thread {
	uint32_t repeat, flags;
	struct call *calls;
	uint32_t call_count;
	uint32_t iterations; /* how many were begun */
	uint8_t *results; /* NULL when only the last are asked for */
	uint32_t id; /* the kernel's; 0 once it has ended */
};

/* agent-calls.c */
/* In the calling thread. Calls that an early stop or the end of the thread left out have the result -ECANCELED. */
void make_calls(struct thread *thread);
/* Starts all threads, lets them begin together and waits for their end. A negative errno when one could not be started. */
word run_threads(struct thread *threads, uint32_t count);

#endif
