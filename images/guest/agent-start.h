/* SPDX-License-Identifier: GPL-2.0-only */
/* How the program of a command is started, with pipes or a terminal. */
#ifndef KCONFORM_AGENT_START_H
#define KCONFORM_AGENT_START_H

#include "agent.h"

#define WORD_LIMIT 8192

enum { WITH_TERMINAL = 1, WITHOUT_INPUT = 2 };
enum { INPUT, OUTPUT, ERROR };

/* What OP_RUN carries: flags, the size of the terminal, then texts, each ended by a NUL. */
struct start {
	uint8_t flags;
	uint16_t rows, columns;
	/* `end` is behind the last of the texts, of which `folder` is the first. */
	const char *folder, *end;
	char *arguments[WORD_LIMIT + 1], *environment[WORD_LIMIT + 1];
};

struct launch;

/* A program that runs. */
struct started {
	int pid, pidfd;
	/* The hub's ends: pipes, or two descriptors of the terminal and -1. They do not block. */
	int streams[3];
	/* The caller's to free once the program has ended. */
	struct launch *launch;
};

/* Zero when the payload is no command. The texts of `start` are in the payload. */
int read_start(const uint8_t *payload, size_t length, struct start *start);
/* Zero, or a negative errno. */
word start_program(struct start *start, struct started *started);
void free_launch(struct launch *launch);

#endif
