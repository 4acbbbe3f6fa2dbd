/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1: mounts what a scenario expects, starts the SSH server and its relay, says `ready HOSTKEY` on the control port,
 * then serves the host's lines there (control.c).
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <asm/signal.h>
#include <linux/mount.h>
#include <linux/sockios.h>

#define KEY_TYPE "ssh-ed25519 "

char *const environment[] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", "TERM=linux", NULL };

/*
 * Through the kernel log: the kernel writes it to the console by itself, also on a machine whose interrupts do not work, where
 * what a program writes to the console is lost.
 */
static void log_line(const char *line, size_t length)
{
	word log;

	sys(__NR_mkdir, "/dev", 0755);
	sys(__NR_mknod, "/dev/kmsg", 020600, 1 << 8 | 11); /* EEXIST where devtmpfs is mounted */
	log = sys(__NR_open, "/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log < 0 || sys(__NR_write, log, line, length) < 0)
		write_all(2, line, length);
	if (log >= 0)
		sys(__NR_close, log);
}

_Noreturn void die(const char *what, long error)
{
	char bytes[300];
	struct text text = TEXT(bytes);

	add_text(&text, "kconform init: ");
	add_text(&text, what);
	if (error) {
		add_text(&text, ": error ");
		add_number(&text, error);
	}
	add_text(&text, "\n");
	log_line(text.bytes, text.length);
	leave(1);
}

/* A file system that the kernel does not have (ENODEV), or no place for it, is a fact of this kernel; anything else is a fault. */
static void mount_at(const char *type, const char *target, int flags, const char *options)
{
	word result;

	sys(__NR_mkdir, target, 0755);
	result = sys(__NR_mount, type, target, type, MS_NOSUID | flags, options);
	if (result < 0 && result != -ENODEV && result != -ENOENT && result != -EBUSY)
		die(target, result);
}

static void loopback_up(void)
{
	struct {
		char name[16];
		short flags;
		char rest[22];
	} request = { .name = "lo" }; /* struct ifreq */
	word fd = sys(__NR_socket, 2 /* AF_INET */, 2 /* SOCK_DGRAM */ | O_CLOEXEC, 0), result;

	if (fd < 0)
		die("loopback device", fd);
	result = sys(__NR_ioctl, fd, SIOCGIFFLAGS, &request);
	request.flags |= 0x41; /* IFF_UP | IFF_RUNNING */
	if (result == 0)
		result = sys(__NR_ioctl, fd, SIOCSIFFLAGS, &request);
	if (result < 0)
		die("loopback device", result);
	sys(__NR_close, fd);
}

/* Runs a program to its end; what it prints ends up in `output`. */
static void run(char **arguments, char *output, size_t size)
{
	size_t length = 0;
	int ends[2];
	word pid = sys(__NR_pipe2, ends, O_CLOEXEC), got;

	if (pid < 0)
		die("pipe", pid);
	pid = fork_process();
	if (pid == 0) {
		sys(__NR_dup2, ends[1], 1);
		sys(__NR_execve, arguments[0], arguments, environment);
		leave(127);
	}
	sys(__NR_close, ends[1]);
	while (length + 1 < size && (got = sys(__NR_read, ends[0], output + length, size - 1 - length)) > 0)
		length += got;
	output[length] = 0;
	sys(__NR_close, ends[0]);
	sys(__NR_wait4, pid, 0, 0, 0);
}

/* `ssh-ed25519 AAAA…`, from what dropbearkey prints. */
static char *make_host_key(void)
{
	static char output[2048];
	char *arguments[] = { "/bin/dropbearkey", "-t", "ed25519", "-f", HOST_KEY, NULL };
	char *key = output, *end;

	run(arguments, output, sizeof(output));
	while (*key && !(starts_with(key, KEY_TYPE) && (key == output || key[-1] == '\n')))
		key++;
	if (!*key)
		die("dropbearkey printed no key", 0);
	for (end = key + length_of(KEY_TYPE); *end && *end != ' ' && *end != '\n'; end++)
		;
	*end = 0;
	return key;
}

static void start_server(void)
{
	char *arguments[] = { "/bin/dropbear", "-F", "-E", "-s", "-j", "-k", "-m", "-W", "1048576", "-P",
			      "/run/dropbear.pid", "-p", "127.0.0.1:22", "-r", HOST_KEY, NULL };
	word log;

	if (fork_process() != 0)
		return;
	sys(__NR_setsid);
	log = sys(__NR_open, "/run/dropbear.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	sys(__NR_dup2, log, 1);
	sys(__NR_dup2, log, 2);
	sys(__NR_execve, arguments[0], arguments, environment);
	leave(127);
}

static void start_relay(int control)
{
	int ready[2];
	char byte;

	if (sys(__NR_pipe2, ready, O_CLOEXEC) < 0)
		die("pipe", 0);
	if (fork_process() == 0) {
		sys(__NR_close, ready[0]);
		sys(__NR_close, control);
		sys(__NR_setsid);
		relay_main(ready[1]);
	}
	sys(__NR_close, ready[1]);
	if (sys(__NR_read, ready[0], &byte, 1) != 1)
		die("the SSH relay ended", 0);
	sys(__NR_close, ready[0]);
}

/*
 * Loads /modules/0, /modules/1, …: the drivers of the ports, where the kernel has them as modules. Most kernels need none,
 * and their initramfs has no such folder.
 */
static void load_modules(void)
{
	for (int index = 0;; index++) {
		char path_bytes[32];
		struct text path = TEXT(path_bytes);
		word file, result;

		add_text(&path, "/modules/");
		add_number(&path, index);
		file = sys(__NR_open, path_bytes, O_RDONLY | O_CLOEXEC);
		if (file == -ENOENT)
			break;
		result = file < 0 ? file : sys(__NR_finit_module, file, "", 0);
		if (result < 0)
			die(path_bytes, result);
		sys(__NR_close, file);
		sys(__NR_unlink, path_bytes);
	}
	sys(__NR_rmdir, "/modules");
}

/*
 * The ports are PCI devices. A machine without PCI has lost its ACPI tables, or never had any: QEMU's microvm with more in memory
 * than fits (harness/guest/qemu/machine.ts).
 */
static void check_machine(void)
{
	word pci = sys(__NR_open, "/sys/bus/pci/devices", O_RDONLY | O_DIRECTORY | O_CLOEXEC), length;
	char entries[512];

	if (pci < 0)
		die("this machine has no PCI bus, or its kernel has no CONFIG_PCI", 0);
	length = sys(__NR_getdents64, pci, entries, sizeof(entries));
	if (length <= 2 * 24) /* "." and ".." */
		die("this machine has no PCI devices: the kernel found no ACPI tables that describe them", 0);
	sys(__NR_close, pci);
}

int init_main(void)
{
	static const char refusal[] = "init: only the kernel starts this\n";
	char bytes[300], *key;
	struct text ready = TEXT(bytes);
	int port;

	if (sys(__NR_getpid) != 1) {
		write_all(2, refusal, sizeof(refusal) - 1);
		return 1;
	}
	ignore_broken_pipes(1);
	load_modules();
	mount_at("devtmpfs", "/dev", 0, "mode=0755");
	mount_at("proc", "/proc", MS_NODEV, NULL);
	mount_at("sysfs", "/sys", MS_NODEV, NULL);
	check_machine();
	mount_at("devpts", "/dev/pts", 0, "mode=0620,ptmxmode=0666");
	mount_at("tmpfs", "/tmp", MS_NODEV, "mode=1777");
	mount_at("tmpfs", "/run", MS_NODEV, "mode=0755");
	mount_at("debugfs", "/sys/kernel/debug", MS_NODEV, NULL);
	mount_at("tracefs", "/sys/kernel/tracing", MS_NODEV, NULL);
	mount_at("securityfs", "/sys/kernel/security", MS_NODEV, NULL);
	mount_at("cgroup2", "/sys/fs/cgroup", MS_NODEV, NULL);
	sys(__NR_symlink, "/proc/self/fd", "/dev/fd");
	sys(__NR_sethostname, "kconform", 8);
	loopback_up();
	key = make_host_key();
	open_kept_files();
	start_server();
	port = open_port("kconform.control", 0);
	if (port < 0)
		die("there is no virtio-serial port kconform.control", port);
	start_relay(port);
	while (port_is_idle(port))
		sleep_ms(2);
	add_text(&ready, "ready ");
	add_text(&ready, key);
	add_text(&ready, "\n");
	if (write_all(port, ready.bytes, ready.length) < 0)
		die("control port", 0);
	serve_control(port);
	return 0;
}
