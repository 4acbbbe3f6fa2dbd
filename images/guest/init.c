/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1: mounts what a scenario expects, starts the SSH server and its relay, says `ready HOSTKEY` on the control port,
 * then serves the host's lines there (control.c).
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/sockios.h>

/* A file system that the kernel does not have (ENODEV), or no place for it, is a fact of this kernel; anything else is a fault. */
static void mount_at(const char *type, const char *target, int flags, const char *options)
{
	word result;

	sys(__NR_mkdir, target, 0755);
	result = sys(__NR_mount, type, target, type, flags, options);
	if (result < 0 && result != -ENODEV && result != -ENOENT && result != -EBUSY)
		die(target, result);
}

/*
 * pivot_root(2) refuses the first mount of a namespace, and many programs need it. So the root becomes a second mount of the same
 * file system, on top of the first, as an ordinary system's root is; nothing is copied.
 */
static void leave_first_root(void)
{
	word result = sys(__NR_mount, "/", "/mnt", NULL, MS_BIND, NULL);

	if (result == 0)
		result = sys(__NR_chdir, "/mnt");
	if (result == 0)
		result = sys(__NR_mount, ".", "/", NULL, MS_MOVE, NULL);
	if (result == 0)
		result = sys(__NR_chroot, ".");
	if (result == 0)
		result = sys(__NR_chdir, "/");
	if (result == 0)
		result = sys(__NR_chmod, "/", 0755); /* the first root lets everybody write, as /tmp does */
	if (result < 0)
		die("a root that can be pivoted", result);
}

/* Turns on the controllers that systemd turns on. One that the kernel does not have, or cannot give to groups, is a fact of it. */
static void enable_controllers(void)
{
	static const char *const controllers[] = { "+cpu", "+io", "+memory", "+pids" };
	word fd = sys(__NR_open, "/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	for (unsigned int i = 0; i < sizeof(controllers) / sizeof(*controllers); i++)
		sys(__NR_write, fd, controllers[i], length_of(controllers[i]));
	sys(__NR_close, fd);
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

/* The name of module `index` into `words`, and behind it its parameters: `loop\0max_loop=4`. Returns the parameters. */
static char *read_words(const char *path, char *words, size_t size)
{
	word length = read_text(path, words, size);
	char *blank = words;

	if (length < 0 || length == (word)size - 1)
		die(path, length < 0 ? length : -E2BIG);
	while (*blank != ' ' && *blank != '\0')
		blank++;
	if (*blank == '\0')
		die(path, -EINVAL);
	*blank = '\0';
	sys(__NR_unlink, path);
	return blank + 1;
}

/*
 * Loads /modules/0, /modules/1, …: drivers that the kernel has as modules, and what the machine asks for. The name and the
 * parameters of /modules/0 are in /modules/0.words. Most machines have no such folder.
 */
static void load_modules(void)
{
	for (int index = 0;; index++) {
		char path_bytes[32], words[1024], message_bytes[1100], *parameters;
		struct text path = TEXT(path_bytes), message = TEXT(message_bytes);
		word file, result;

		add_text(&path, "/modules/");
		add_number(&path, index);
		file = sys(__NR_open, path_bytes, O_RDONLY | O_CLOEXEC);
		if (file == -ENOENT)
			break;
		if (file < 0)
			die(path_bytes, file);
		sys(__NR_unlink, path_bytes);
		add_text(&path, ".words");
		parameters = read_words(path_bytes, words, sizeof(words));
		result = sys(__NR_finit_module, file, parameters, 0);
		if (result < 0) {
			add_text(&message, "module ");
			add_text(&message, words);
			die(message_bytes, result);
		}
		sys(__NR_close, file);
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
	const char *key;
	char bytes[300];
	struct text ready = TEXT(bytes);
	int port;

	if (sys(__NR_getpid) != 1) {
		write_all(2, refusal, sizeof(refusal) - 1);
		return 1;
	}
	ignore_broken_pipes(1);
	load_modules();
	leave_first_root();
	mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
	mount_at("proc", "/proc", MS_NOSUID | MS_NODEV, NULL);
	begin_schedule_if_asked();
	mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV, NULL);
	check_machine();
	mount_at("devpts", "/dev/pts", MS_NOSUID, "mode=0620,ptmxmode=0666");
	mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
	mount_at("mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("hugetlbfs", "/dev/hugepages", MS_NOSUID | MS_NODEV, NULL);
	/* As a folder of the root's file system, which it is on most systems: tests make devices and set-user-id programs there. */
	mount_at("tmpfs", "/tmp", 0, "mode=1777");
	mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
	mount_at("debugfs", "/sys/kernel/debug", MS_NOSUID | MS_NODEV, NULL);
	mount_at("tracefs", "/sys/kernel/tracing", MS_NOSUID | MS_NODEV, NULL);
	mount_at("securityfs", "/sys/kernel/security", MS_NOSUID | MS_NODEV, NULL);
	mount_at("configfs", "/sys/kernel/config", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("bpf", "/sys/fs/bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700");
	mount_at("binfmt_misc", "/proc/sys/fs/binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV, NULL);
	enable_controllers();
	sys(__NR_symlink, "/proc/self/fd", "/dev/fd");
	sys(__NR_symlink, "/proc/self/fd/0", "/dev/stdin");
	sys(__NR_symlink, "/proc/self/fd/1", "/dev/stdout");
	sys(__NR_symlink, "/proc/self/fd/2", "/dev/stderr");
	sys(__NR_chown, "/home/user", 1000, 1000);
	sys(__NR_sethostname, "kconform", 8);
	loopback_up();
	open_kept_files();
	run_schedule_if_asked();
	key = make_host_key();
	start_listening_server();
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
