/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's programs share one static binary, told apart by the name that they are called by. */
#ifndef KCONFORM_GUEST_H
#define KCONFORM_GUEST_H

int init_main(void);
/* Shuttles bytes between the SSH port and the SSH server; writes a byte to ready_fd once the server has greeted it. */
void relay_main(int ready_fd);
int agent_main(void);

/* Opens the virtio-serial port of that name; -1 when there is none after a second. */
int open_port(const char *name);
/* Nonzero while no host program is connected to the port. */
int port_is_idle(int port);

#endif
