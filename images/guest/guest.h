/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's programs share one static binary, told apart by the name that they are called by. */
#ifndef KCONFORM_GUEST_H
#define KCONFORM_GUEST_H

#include "sys.h"

int init_main(void);
int agent_main(void);
int bpftool_main(int argc, char **argv);
int observe_main(int argc, char **argv);
int scenario_main(int argc, char **argv, char **environment);

/* schedule.c: starts the pacer of a machine with a schedule, before init sleeps. */
void begin_schedule_if_asked(void);
/* Runs the command of a machine with a schedule, and restarts it then; returns where there is no schedule. */
void run_schedule_if_asked(void);

/* pacer.c. With seed 0 there is no pacer, and the clock jumps to the next timer of the guest while all CPUs sleep. */
enum pacer_task { PACER_WAITS, PACER_PACES, PACER_RESTS };
/* Starts it on its CPU, where it waits. */
void begin_pacer(uint64_t seed, int cpu);
/* Returns once it does it; ends PID 1 where somebody killed it. */
void tell_pacer(enum pacer_task task);
/* After it was killed: another one, which rests. */
void replace_pacer(void);
/* Lets this process write to I/O ports. */
void allow_ports(void);

/* control.c: opens what serve_control needs of the kernel; before anybody else is there. */
void open_kept_files(void);
/* Serves one line of the control port; the answer goes to that descriptor. `line` is changed. */
void serve_line(int port, char *line);
/* Serves the lines of the control port, for ever. */
void serve_control(int port);

/* relay.c: shuttles bytes between the SSH port and the SSH server; writes a byte to ready_fd once the server has greeted it. */
void relay_main(int ready_fd);

/* ssh-server.c: makes the key of the servers; `ssh-ed25519 AAAA…` */
const char *make_host_key(void);
/* Listens on 127.0.0.1:22, for connections that begin in the guest. */
void start_listening_server(void);
/*
 * A server for one connection, which is its standard input and output (inetd mode); the other end of that. It asks for no
 * password (-B, and root has none): only the program at the other end of the port can connect.
 */
int start_connected_server(void);

/* port.c: opens the virtio-serial port of that name; negative when there is none after five seconds. */
int open_port(const char *name, int flags);
/* Nonzero while no host program is connected to the port. */
int port_is_idle(int port);

/* messages.c: `PROGRAM: what: error N` on standard error; without the number where it is 0. */
void complain(const char *program, const char *what, word error);
/* Ends PID 1: a panic, which the host reports with these words as a fault of the harness. */
_Noreturn void die(const char *what, word error);

#endif
