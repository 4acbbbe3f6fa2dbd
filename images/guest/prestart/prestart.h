/* SPDX-License-Identifier: GPL-2.0-only */
/* A shell that has started before its command is known: README.md explains it. */
#ifndef KCONFORM_PRESTART_H
#define KCONFORM_PRESTART_H

#include "../agent-start.h"

/* Where the host reads the pid of the shell, or 0 when there is none. */
#define PRESTARTED "/run/prestarted-shell"

/* Starts the shell, or finds that it cannot be used here. Takes some 0.3 s. */
void prestart_shell(void);
/* No command gets the shell any more: something was done that a shell started now could inherit or notice. */
void forget_prestarted_shell(void);
/* Gives the command to the shell: nonzero, and `started` is filled in. Zero: the caller starts a program; the shell is gone. */
int use_prestarted_shell(const struct start *start, struct started *started);

#endif
