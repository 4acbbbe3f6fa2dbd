// listmount of a mount with three mounts below it: the order, where the list begins, its length, and what is refused.
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kconform.h"

#define MOUNTS 3
#define ROOM 64
#define LAST_OLD_ID (1ull << 31)
#define LIMIT 1000000
#define UNKNOWN_FLAG 2
#define USER 1000

static uint64_t top, below[MOUNTS], list[ROOM];

static uint64_t id_of(const char *path)
{
	struct statx statx_of;

	if (syscall(__NR_statx, AT_FDCWD, path, 0, 0x4000, &statx_of))
		abort();
	return statx_of.stx_mnt_id;
}

static struct mnt_id_req request(uint64_t id, uint64_t param)
{
	return (struct mnt_id_req){ .size = sizeof(struct mnt_id_req), .mnt_id = id, .param = param };
}

static long ask(struct mnt_id_req *req, size_t room, unsigned int flags)
{
	memset(list, 0, sizeof(list));
	return syscall(__NR_listmount, req, list, room, flags);
}

static long list_below(uint64_t param, size_t room, unsigned int flags)
{
	struct mnt_id_req req = request(top, param);

	return ask(&req, room, flags);
}

/* The mounts that were listed as a, b and c, others as ?. */
static void observe_list(const char *name, long count)
{
	char text[ROOM + 1] = "";

	for (long at = 0; at < count; at++) {
		text[at] = '?';
		for (int known = 0; known < MOUNTS; known++)
			if (list[at] == below[known])
				text[at] = 'a' + known;
	}
	observe(name, count < 0 ? strerrorname_np(errno) : text);
}

static void observe_order(void)
{
	observe_list("order.all", list_below(0, ROOM, 0));
	observe_list("order.reverse", list_below(0, ROOM, LISTMOUNT_REVERSE));
	observe_list("order.afterFirst", list_below(below[0], ROOM, 0));
	observe_list("order.beforeLast", list_below(below[2], ROOM, LISTMOUNT_REVERSE));
	observe_list("order.two", list_below(0, 2, 0));
	observe_list("order.noRoom", list_below(0, 0, 0));
	observe_list("order.afterOldId", list_below(LAST_OLD_ID, ROOM, 0));
	observe_list("order.afterSmallId", list_below(1, ROOM, 0));
	observe_list("order.afterFirstNewId", list_below(LAST_OLD_ID + 1, ROOM, 0));
}

static void observe_refused(void)
{
	struct mnt_id_req req = request(top, 0), root = request(LSMT_ROOT, 0);
	struct mnt_id_req nobody = request(top + LAST_OLD_ID, 0), old = request(LAST_OLD_ID, 0);
	void *kernel = (void *)0xffff888000000000;

	observe_errno("refused.flag", list_below(0, ROOM, UNKNOWN_FLAG));
	observe_errno("refused.most", list_below(0, LIMIT, 0));
	observe_errno("refused.tooMany", list_below(0, LIMIT + 1, 0));
	observe_errno("refused.unreadable", syscall(__NR_listmount, 8, list, ROOM, 0));
	observe_errno("refused.inKernel", syscall(__NR_listmount, &req, kernel, ROOM, 0));
	observe_errno("refused.unwritable", syscall(__NR_listmount, &req, 8, ROOM, 0));
	observe_errno("refused.noMount", ask(&nobody, ROOM, 0));
	observe_errno("refused.oldId", ask(&old, ROOM, 0));
	ask(&root, ROOM, 0);
	observe_bool("refused.rootIsListed", list[0] == id_of("/"));
}

static void observe_namespaces(int other, uint64_t other_top)
{
	struct mnt_id_req own = request(top, 0), by_file = request(other_top, 0), wrong = by_file;
	struct statmount room = {};

	own.mnt_ns_id = 1;
	observe_errno("namespaces.noId", ask(&own, ROOM, 0));
	by_file.mnt_ns_fd = other;
	observe_bool("namespaces.byFile", ask(&by_file, ROOM, 0) > 0);
	wrong.mnt_ns_fd = open("/proc/self/ns/uts", O_RDONLY);
	observe_errno("namespaces.uts", ask(&wrong, ROOM, 0));
	wrong.mnt_ns_fd = open("/proc/self/status", O_RDONLY);
	observe_errno("namespaces.otherFile", ask(&wrong, ROOM, 0));
	wrong.mnt_ns_fd = 0;
	observe_errno("namespaces.notHere", ask(&wrong, ROOM, 0));
	by_file.param = STATMOUNT_MNT_BASIC;
	observe_errno("namespaces.statmount", syscall(__NR_statmount, &by_file, &room, sizeof(room), 0));
	observe_bool("namespaces.statmountId", room.mnt_id == other_top);
	observe_errno("namespaces.statmountFlag", syscall(__NR_statmount, &by_file, &room, sizeof(room), 1));
}

/* Of a mount that is not below the root directory of the process. */
static void observe_unreachable(void)
{
	if (fork() == 0) {
		if (chroot("/mnt/a"))
			_exit(1);
		observe_list("unreachable.root", list_below(0, ROOM, 0));
		if (setresuid(USER, USER, USER))
			_exit(1);
		observe_list("unreachable.user", list_below(0, ROOM, 0));
		_exit(0);
	}
	wait(NULL);
}

int main(void)
{
	int other = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	const char *const paths[MOUNTS] = { "/mnt/a", "/mnt/b", "/mnt/c" };
	uint64_t other_top;

	if (mkdir("/tmp/other", 0755) || mount("tmpfs", "/tmp/other", "tmpfs", 0, NULL) || mkdir("/tmp/other/x", 0755) ||
	    mount("tmpfs", "/tmp/other/x", "tmpfs", 0, NULL))
		return 1;
	other_top = id_of("/tmp/other");
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/mnt", "tmpfs", 0, NULL))
		return 1;
	for (int at = 0; at < MOUNTS; at++)
		if (mkdir(paths[at], 0755) || mount("tmpfs", paths[at], "tmpfs", 0, NULL))
			return 1;
	top = id_of("/mnt");
	for (int at = 0; at < MOUNTS; at++)
		below[at] = id_of(paths[at]);
	observe_order();
	observe_refused();
	observe_namespaces(other, other_top);
	observe_unreachable();
	return 0;
}
