// The ioctls of namespace files: what each kind of namespace answers, and what it refuses.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kconform.h"

#define OWNER 1000
/* Of a structure that is shorter, and of one that is longer than the kernel's. */
#define INFO_TOO_SHORT _IOR(NSIO, 10, uint64_t)
#define INFO_LONGER _IOR(NSIO, 10, uint64_t[4])
#define NEXT_TOO_SHORT _IOR(NSIO, 11, uint64_t)
#define UNKNOWN _IO(NSIO, 0x7f)


static int open_own(const char *kind)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_of(pid_t pid, const char *kind)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static bool is_same(int one, int other)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino;
}

static void *sleep_in_thread(void *at)
{
	*(volatile pid_t *)at = gettid();
	pause();
	return NULL;
}

/* A process in new user and pid namespaces, owned by OWNER: pid 1 there, and with a thread that is 2. */
static pid_t start_other(int ready)
{
	static volatile pid_t tid;
	pthread_t thread;
	pid_t middle = fork();

	if (middle != 0)
		return middle;
	if (setresuid(OWNER, OWNER, OWNER) || unshare(CLONE_NEWUSER | CLONE_NEWPID))
		_exit(1);
	pid_t child = fork();
	if (child == 0) {
		pthread_create(&thread, NULL, sleep_in_thread, (void *)&tid);
		while (tid == 0)
			sched_yield();
		if (write(ready, &child, sizeof(child)) == sizeof(child))
			pause();
		_exit(0);
	}
	if (write(ready, &child, sizeof(child)) == sizeof(child))
		waitpid(child, NULL, 0);
	_exit(0);
}

/* The other thread of a process, as the namespace of the caller numbers it. */
static pid_t thread_of(pid_t pid)
{
	for (pid_t tid = pid + 1; tid < pid + 100; tid++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
		if (access(path, F_OK) == 0)
			return tid;
	}
	return -1;
}

static void observe_relations(int uts, int user, int other)
{
	int owner = ioctl(uts, NS_GET_USERNS), parent = ioctl(other, NS_GET_PARENT);
	uid_t uid = -1;

	observe_bool("relations.typeOfUts", ioctl(uts, NS_GET_NSTYPE) == CLONE_NEWUTS);
	observe_bool("relations.ownerIsUserNamespace", ioctl(owner, NS_GET_NSTYPE) == CLONE_NEWUSER);
	observe_bool("relations.ownerIsOwn", is_same(owner, user));
	observe_errno("relations.parentOfUts", ioctl(uts, NS_GET_PARENT));
	observe_errno("relations.parentOfInitial", ioctl(user, NS_GET_PARENT));
	observe_bool("relations.parentOfOther", is_same(parent, user));
	observe_errno("relations.uidOfUts", ioctl(uts, NS_GET_OWNER_UID, &uid));
	observe_errno("relations.uid", ioctl(other, NS_GET_OWNER_UID, &uid));
	observe("relations.uidOfOther", uid);
	observe_errno("relations.unknown", ioctl(uts, UNKNOWN));
}

static void observe_pids(int uts, int namespace, pid_t pid)
{
	pid_t tid = thread_of(pid);

	observe_errno("pids.ofUts", ioctl(uts, NS_GET_PID_FROM_PIDNS, 1));
	observe_bool("pids.from", ioctl(namespace, NS_GET_PID_FROM_PIDNS, 1) == pid);
	observe_bool("pids.fromThread", ioctl(namespace, NS_GET_PID_FROM_PIDNS, 2) == tid);
	observe_bool("pids.groupFrom", ioctl(namespace, NS_GET_TGID_FROM_PIDNS, 1) == pid);
	observe_bool("pids.groupFromThread", ioctl(namespace, NS_GET_TGID_FROM_PIDNS, 2) == pid);
	observe("pids.in", ioctl(namespace, NS_GET_PID_IN_PIDNS, pid));
	observe("pids.inThread", ioctl(namespace, NS_GET_PID_IN_PIDNS, tid));
	observe("pids.groupIn", ioctl(namespace, NS_GET_TGID_IN_PIDNS, pid));
	observe("pids.groupInThread", ioctl(namespace, NS_GET_TGID_IN_PIDNS, tid));
	observe_errno("pids.notIn", ioctl(namespace, NS_GET_PID_IN_PIDNS, getpid()));
}

static void observe_information(int uts, int mounts)
{
	struct mnt_ns_info info = {}, more = {};
	uint64_t id = 0, room[4] = {};

	observe_errno("information.idOfUts", ioctl(uts, NS_GET_MNTNS_ID, &id));
	observe_errno("information.id", ioctl(mounts, NS_GET_MNTNS_ID, &id));
	observe_errno("information.ofUts", ioctl(uts, NS_MNT_GET_INFO, &info));
	observe_errno("information.nowhere", ioctl(mounts, NS_MNT_GET_INFO, NULL));
	observe_errno("information.unwritable", ioctl(mounts, NS_MNT_GET_INFO, 8));
	observe_errno("information.tooShort", ioctl(mounts, INFO_TOO_SHORT, room));
	observe_errno("information.longer", ioctl(mounts, INFO_LONGER, room));
	observe("information.sizeOfLonger", (uint32_t)room[0]);
	observe_errno("information.plain", ioctl(mounts, NS_MNT_GET_INFO, &info));
	observe_bool("information.sameId", id != 0 && info.mnt_ns_id == id);
	mount("tmpfs", "/mnt", "tmpfs", 0, NULL);
	ioctl(mounts, NS_MNT_GET_INFO, &more);
	observe("information.mountsAdded", more.nr_mounts - info.nr_mounts);
}

static void observe_walk(int uts, int first)
{
	struct mnt_ns_info begin = {}, info = {}, back = {};
	uint64_t room = 0;

	ioctl(first, NS_MNT_GET_INFO, &begin);
	observe_errno("walk.ofUts", ioctl(uts, NS_MNT_GET_NEXT, &info));
	observe_errno("walk.tooShort", ioctl(first, NEXT_TOO_SHORT, &room));
	observe_errno("walk.beforeFirst", ioctl(first, NS_MNT_GET_PREV, &info));
	observe_errno("walk.unwritable", ioctl(first, NS_MNT_GET_NEXT, 8));
	observe_errno("walk.withoutInformation", ioctl(first, NS_MNT_GET_NEXT, NULL));
	int next = ioctl(first, NS_MNT_GET_NEXT, &info);
	observe_bool("walk.nextIsLater", info.mnt_ns_id > begin.mnt_ns_id);
	observe_bool("walk.closedOnExec", fcntl(next, F_GETFD) == FD_CLOEXEC);
	observe_bool("walk.nextIsMountNamespace", ioctl(next, NS_GET_NSTYPE) == CLONE_NEWNS);
	int previous = ioctl(next, NS_MNT_GET_PREV, &back);
	observe_bool("walk.backAtFirst", back.mnt_ns_id == begin.mnt_ns_id && is_same(previous, first));
	while (next >= 0)
		next = ioctl(next, NS_MNT_GET_NEXT, &info);
	observe_errno("walk.afterLast", next);
}

int main(void)
{
	pid_t pid, inner = 0;
	int ready[2], uts = open_own("uts"), user = open_own("user"), first = open_of(1, "mnt");

	if (pipe2(ready, O_CLOEXEC))
		return 1;
	start_other(ready[1]);
	/* The pid as its parent knows it, and 0 from the process itself. */
	for (int at = 0; at < 2; at++) {
		if (read(ready[0], &pid, sizeof(pid)) != sizeof(pid))
			return 1;
		inner += pid;
	}
	observe_relations(uts, user, open_of(inner, "user"));
	observe_pids(uts, open_of(inner, "pid"), inner);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 1;
	observe_information(uts, open_own("mnt"));
	observe_walk(uts, first);
	return 0;
}
