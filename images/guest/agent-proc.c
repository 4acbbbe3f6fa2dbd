/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc says of processes, also of those that are no children of ours. */
#include "agent.h"

#include <linux/fcntl.h>

static void add_proc(struct text *path, int pid, const char *file)
{
	add_text(path, "/proc/");
	add_number(path, pid);
	add_text(path, "/");
	add_text(path, file);
}

/* /proc/PID/FILE; see read_text. */
static word read_proc(int pid, const char *file, char *bytes, size_t size)
{
	char path_bytes[64];
	struct text path = TEXT(path_bytes);

	add_proc(&path, pid, file);
	return read_text(path_bytes, bytes, size);
}

/* The threads of a process in /proc/PID/task, as getdents64(2) lists them; the length of the list. */
static word list_threads(int pid, uint8_t *list, size_t size)
{
	char path_bytes[64];
	struct text path = TEXT(path_bytes);
	word folder, length;

	add_proc(&path, pid, "task");
	folder = sys(__NR_open, path_bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return 0;
	length = sys(__NR_getdents64, folder, list, size);
	sys(__NR_close, folder);
	return length > 0 ? length : 0;
}

void add_stacks(struct text *to, int pid)
{
	static const char *const files[] = { "/stack", "/wchan" };
	uint8_t list[4096];
	word listed = list_threads(pid, list, sizeof(list)), at = 0, threads = 0;

	while (at < listed) { /* struct linux_dirent64: u64 inode, s64 offset, u16 length of this entry, u8 type, name */
		const char *name = (const char *)list + at + 19;
		uint16_t length;

		memcpy(&length, list + at + 16, sizeof(length));
		at += length;
		if (name[0] == '.')
			continue;
		if (threads++ > 0) {
			add_text(to, "\nthread ");
			add_text(to, name);
			add_text(to, "\n");
		}
		for (int i = 0; i < 2; i++) {
			char file_bytes[64], content[8192];
			struct text file = TEXT(file_bytes);

			add_text(&file, "task/");
			add_text(&file, name);
			add_text(&file, files[i]);
			if (read_proc(pid, file_bytes, content, sizeof(content)) > 0)
				add_text(to, content);
		}
	}
}

int exit_code_in_proc(int pid)
{
	char stat[1024];
	int field = 2, status = 0;
	word length = read_proc(pid, "stat", stat, sizeof(stat)), at = length;

	while (at > 0 && stat[at] != ')')
		at--;
	for (; at < length && field < 52; at++)
		field += stat[at] == ' ';
	if (length <= 0 || field < 52)
		return -1;
	for (; stat[at] >= '0' && stat[at] <= '9'; at++)
		status = status * 10 + (stat[at] - '0');
	return status;
}

int pid_of_pidfd(int pidfd)
{
	char path_bytes[64], info[512];
	struct text path = TEXT(path_bytes);
	int pid = 0;

	add_text(&path, "/proc/self/fdinfo/");
	add_number(&path, pidfd);
	if (read_text(path_bytes, info, sizeof(info)) <= 0)
		return -1;
	for (const char *at = info; *at; at++) {
		if (!starts_with(at, "\nPid:\t"))
			continue;
		for (at += 6; *at >= '0' && *at <= '9'; at++)
			pid = pid * 10 + (*at - '0');
		return pid;
	}
	return -1;
}
