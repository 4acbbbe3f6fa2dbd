/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts the programs of commands (agent-start.h). */
#include "agent-start.h"
#include "guest.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/resource.h>

/* A command keeps four descriptors in the hub. */
#define FILE_LIMIT 4096
#define RLIMIT_FILES 7 /* RLIMIT_NOFILE (asm-generic/resource.h) */

static struct rlimit64 files_before;

void prepare_hub(void)
{
	struct rlimit64 raised;

	ignore_broken_pipes(1); /* a command may close its input */
	sys(__NR_prlimit64, 0, RLIMIT_FILES, 0, &files_before);
	raised = files_before;
	if (raised.rlim_cur < FILE_LIMIT)
		raised.rlim_cur = raised.rlim_max < FILE_LIMIT ? raised.rlim_max : FILE_LIMIT;
	sys(__NR_prlimit64, 0, RLIMIT_FILES, &raised, 0);
}

void leave_hub(void)
{
	ignore_broken_pipes(0);
	sys(__NR_prlimit64, 0, RLIMIT_FILES, &files_before, 0);
}

static char *take_text(struct reader *reader)
{
	const uint8_t *from = reader->at;

	while (reader->at < reader->end && *reader->at)
		reader->at++;
	if (reader->at == reader->end)
		reader->bad = 1;
	else
		reader->at++;
	return (char *)from;
}

static int take_texts(struct reader *reader, char *texts[WORD_LIMIT + 1])
{
	uint32_t count = (uint32_t)take(reader, 4);

	if (count > WORD_LIMIT)
		return 0;
	for (uint32_t i = 0; i < count; i++)
		texts[i] = take_text(reader);
	texts[count] = NULL;
	return !reader->bad;
}

int read_start(const uint8_t *payload, size_t length, struct start *start)
{
	struct reader reader = { payload, payload + length, 0 };

	start->flags = (uint8_t)take(&reader, 1);
	start->rows = (uint16_t)take(&reader, 2);
	start->columns = (uint16_t)take(&reader, 2);
	start->folder = take_text(&reader);
	return take_texts(&reader, start->arguments) && start->arguments[0] && take_texts(&reader, start->environment);
}

/* A new terminal: both sides of it, or a negative errno. */
static word open_terminal(const struct start *start, int sides[2])
{
	struct {
		uint16_t rows, columns, width, height; /* struct winsize */
	} size = { start->rows, start->columns, 0, 0 };
	int unlocked = 0;
	word result = sys(__NR_open, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (result < 0)
		return result;
	sides[0] = (int)result;
	result = sys(__NR_ioctl, sides[0], TIOCSPTLCK, &unlocked);
	if (result == 0)
		result = sys(__NR_ioctl, sides[0], TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (result < 0) {
		sys(__NR_close, sides[0]);
		return result;
	}
	sides[1] = (int)result;
	sys(__NR_ioctl, sides[0], TIOCSWINSZ, &size);
	return 0;
}

/* Three pipes: `theirs` become the streams of the program. */
static word open_pipes(int ours[3], int theirs[3])
{
	for (int stream = 0; stream < 3; stream++) {
		int ends[2];
		word result = sys(__NR_pipe2, ends, O_CLOEXEC);

		if (result < 0) {
			while (stream-- > 0) {
				sys(__NR_close, ours[stream]);
				sys(__NR_close, theirs[stream]);
			}
			return result;
		}
		ours[stream] = ends[stream == INPUT];
		theirs[stream] = ends[stream != INPUT];
	}
	return 0;
}

static word open_streams(const struct start *start, int ours[3], int theirs[3])
{
	int sides[2];
	word result;

	if (!(start->flags & WITH_TERMINAL))
		return open_pipes(ours, theirs);
	result = open_terminal(start, sides);
	if (result < 0)
		return result;
	ours[INPUT] = sides[0];
	ours[OUTPUT] = (int)sys(__NR_fcntl, sides[0], F_DUPFD_CLOEXEC, 0);
	ours[ERROR] = -1;
	for (int stream = 0; stream < 3; stream++)
		theirs[stream] = sides[1];
	return 0;
}

static _Noreturn void become(struct start *start, const int theirs[3])
{
	int streams[3];
	word result;

	if (start->flags & WITH_TERMINAL) {
		sys(__NR_setsid);
		sys(__NR_ioctl, theirs[0], TIOCSCTTY, 0);
	} else {
		sys(__NR_setpgid, 0, 0);
	}
	/* Away from the numbers that they go to. */
	for (int stream = 0; stream < 3; stream++)
		streams[stream] = (int)sys(__NR_fcntl, theirs[stream], F_DUPFD_CLOEXEC, 3);
	for (int stream = 0; stream < 3; stream++)
		sys(__NR_dup2, streams[stream], stream);
	leave_hub();
	if (*start->folder)
		sys(__NR_chdir, start->folder);
	result = sys(__NR_execve, start->arguments[0], start->arguments, start->environment);
	complain(start->arguments[0], "cannot be executed", result);
	leave(127);
}

static void close_all(const int fds[3])
{
	for (int stream = 0; stream < 3; stream++)
		if (fds[stream] >= 0 && (stream == 0 || fds[stream] != fds[0]))
			sys(__NR_close, fds[stream]);
}

word start_program(struct start *start, struct started *started)
{
	int theirs[3];
	word result = open_streams(start, started->streams, theirs);

	if (result < 0)
		return result;
	result = fork_process();
	if (result == 0)
		become(start, theirs);
	close_all(theirs);
	started->pid = (int)result;
	if (result >= 0)
		result = started->pidfd = (int)sys(__NR_pidfd_open, started->pid, 0);
	if (result < 0) {
		close_all(started->streams);
		return result;
	}
	for (int stream = 0; stream < 3; stream++)
		if (started->streams[stream] >= 0)
			sys(__NR_fcntl, started->streams[stream], F_SETFL, O_NONBLOCK | (stream == INPUT ? O_WRONLY : O_RDONLY));
	return 0;
}
