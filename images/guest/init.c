/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1: mounts what a scenario expects, starts the SSH server and its relay, says `ready HOSTKEY` on the control port,
 * then serves the host's lines there:
 *   adopt SECONDS.NANOSECONDS SEED KEY   set the clock, reseed, let KEY log in; answers `adopted TAINT`
 *   settle                               wait out an RCU grace period; answers `settled TAINT`
 */
#define _GNU_SOURCE
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <linux/random.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOST_KEY "/run/host-key"

static void die(const char *what)
{
	fprintf(stderr, "kconform init: %s: %s\n", what, strerror(errno));
	sync();
	abort(); /* the end of PID 1 is a panic, which the host reports with these words */
}

/* A file system that the kernel does not have (ENODEV) is a fact of this kernel; anything else is a fault. */
static void mount_at(const char *type, const char *target, const char *options)
{
	mkdir(target, 0755);
	if (mount(type, target, type, MS_NOSUID | MS_NODEV * (strcmp(type, "devtmpfs") != 0), options) < 0 &&
	    errno != ENODEV && errno != ENOENT && errno != EBUSY)
		die(target);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(fd);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		die("loopback device");
	request.ifr_flags |= IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		die("loopback device");
	close(fd);
}

/* `ssh-ed25519 AAAA…`, from what dropbearkey prints. */
static void make_host_key(char *line, int size)
{
	FILE *output = popen("/bin/dropbearkey -t ed25519 -f " HOST_KEY " 2>/dev/null", "r");
	int found = 0;

	if (!output)
		die("dropbearkey");
	while (!found && fgets(line, size, output))
		found = strncmp(line, "ssh-ed25519 ", 12) == 0;
	while (getc(output) != EOF)
		;
	pclose(output);
	if (!found)
		die("dropbearkey printed no key");
	line[12 + strcspn(line + 12, " \n")] = 0;
}

static void start_server(void)
{
	int log;

	if (fork() != 0)
		return;
	setsid();
	log = open("/run/dropbear.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(log, 1);
	dup2(log, 2);
	execl("/bin/dropbear", "dropbear", "-F", "-E", "-s", "-j", "-k", "-m", "-W", "1048576", "-P", "/run/dropbear.pid",
	      "-p", "127.0.0.1:22", "-r", HOST_KEY, NULL);
	_exit(127);
}

static void start_relay(void)
{
	int ready[2];
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0)
		die("pipe");
	if (fork() == 0) {
		close(ready[0]);
		setsid();
		relay_main(ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("the SSH relay ended");
	close(ready[0]);
}

static unsigned long taint(void)
{
	char text[32] = "";
	int fd = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die("/proc/sys/kernel/tainted");
	close(fd);
	return strtoul(text, NULL, 10);
}

/* Credits the seed and has the generator take it in at once, so that two clones of one template differ. */
static void reseed(const char *hex)
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[32];
	} pool = { .info = { .entropy_count = 256, .buf_size = 32 } };
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 32; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		((unsigned char *)pool.info.buf)[i] = strtoul(pair, NULL, 16);
	}
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
		die("reseeding the random generator");
	close(fd);
}

static void serve(int port, char *line)
{
	char seed[65], key[512], answer[64];
	struct timespec now;

	if (sscanf(line, "adopt %ld.%9ld %64[0-9a-f] %511[^\n]", &now.tv_sec, &now.tv_nsec, seed, key) == 4) {
		if (clock_settime(CLOCK_REALTIME, &now) < 0)
			die("setting the clock");
		reseed(seed);
		strcat(key, "\n");
		write_file("/root/.ssh/authorized_keys", key, 0600);
		snprintf(answer, sizeof(answer), "adopted %lu\n", taint());
	} else if (strcmp(line, "settle") == 0) {
		/* synchronize_rcu() with more than one CPU (kernel/sched/membarrier.c); with one, idling ends a grace period. */
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		usleep(30000);
		snprintf(answer, sizeof(answer), "settled %lu\n", taint());
	} else {
		snprintf(answer, sizeof(answer), "what?\n");
	}
	if (write(port, answer, strlen(answer)) < 0)
		usleep(2000);
}

static void serve_control(int port)
{
	static char line[2048];
	size_t length = 0;

	for (;;) {
		char byte;
		ssize_t count;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (port_is_idle(port)) {
			length = 0;
			usleep(2000);
			continue;
		}
		struct pollfd input = { .fd = port, .events = POLLIN };
		if (poll(&input, 1, 100) <= 0)
			continue;
		count = read(port, &byte, 1);
		if (count <= 0)
			continue;
		if (byte != '\n') {
			if (length < sizeof(line) - 1)
				line[length++] = byte;
			continue;
		}
		line[length] = 0;
		length = 0;
		serve(port, line);
	}
}

int init_main(void)
{
	char key[256], ready[300];
	int port;

	if (getpid() != 1) {
		fprintf(stderr, "init: only the kernel starts this\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	mount_at("devtmpfs", "/dev", "mode=0755");
	mount_at("proc", "/proc", NULL);
	mount_at("sysfs", "/sys", NULL);
	mount_at("devpts", "/dev/pts", "mode=0620,ptmxmode=0666");
	mount_at("tmpfs", "/tmp", "mode=1777");
	mount_at("tmpfs", "/run", "mode=0755");
	mount_at("debugfs", "/sys/kernel/debug", NULL);
	mount_at("tracefs", "/sys/kernel/tracing", NULL);
	mount_at("securityfs", "/sys/kernel/security", NULL);
	mount_at("cgroup2", "/sys/fs/cgroup", NULL);
	if (symlink("/proc/self/fd", "/dev/fd") < 0 && errno != EEXIST)
		die("/dev/fd");
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/root", 1);
	sethostname("kconform", 8);
	loopback_up();
	make_host_key(key, sizeof(key));
	start_server();
	start_relay();

	port = open_port("kconform.control");
	if (port < 0)
		die("no port kconform.control");
	while (port_is_idle(port))
		usleep(2000);
	snprintf(ready, sizeof(ready), "ready %s\n", key);
	if (write(port, ready, strlen(ready)) < 0)
		die("control port");
	serve_control(port);
	return 0;
}
