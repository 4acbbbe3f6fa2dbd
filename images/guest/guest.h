/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's programs share one static binary, told apart by the name that they are called by. */
#ifndef KCONFORM_GUEST_H
#define KCONFORM_GUEST_H

/* The SSH servers' key, made at boot. */
#define HOST_KEY "/run/host-key"
/* What the programs that init starts get. */
extern char *const environment[];

int guest_main(int argc, char **argv, char **environment);
int init_main(void);
/* Shuttles bytes between the SSH port and the SSH server; writes a byte to ready_fd once the server has greeted it. */
void relay_main(int ready_fd);
int agent_main(void);
int bpftool_main(int argc, char **argv);
int observe_main(int argc, char **argv);
int scenario_main(int argc, char **argv, char **environment);

/* What serve_control needs of the kernel; before anybody else is there. */
void open_kept_files(void);
/* Serves the lines of the control port, for ever. */
void serve_control(int port);
/* Ends PID 1: a panic, which the host reports with these words as a fault of the harness. */
_Noreturn void die(const char *what, long error);

/* Opens the virtio-serial port of that name; negative when there is none after five seconds. */
int open_port(const char *name, int flags);
/* Nonzero while no host program is connected to the port. */
int port_is_idle(int port);

#endif
