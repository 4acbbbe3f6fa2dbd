/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts the programs of commands (agent-start.h). */
#include "agent-start.h"
#include "guest.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
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
	if (!take_texts(&reader, start->arguments) || !start->arguments[0] || !take_texts(&reader, start->environment))
		return 0;
	start->end = (const char *)reader.at;
	return 1;
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

/*
 * What a child needs until execve(2), and its stack: it shares our memory, in which the next request soon stands where its own was.
 * Nothing says when it is done, so this is kept until the command has ended.
 */
struct launch {
	uint8_t stack[4096] __attribute__((aligned(16)));
	size_t size;
	const char *folder;
	char **arguments, **environment;
	int theirs[3];
	uint8_t with_terminal;
	/* Pointers and texts follow. */
	char *texts[];
};

/* For one command at a time: mapping memory anew costs a clone code to translate and page faults. */
static uint8_t spare[8192] __attribute__((aligned(16)));
static int spare_is_taken;

static struct launch *new_launch(size_t size)
{
	word mapped;

	if (!spare_is_taken && size <= sizeof(spare)) {
		spare_is_taken = 1;
		return (struct launch *)spare;
	}
	mapped = sys(__NR_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mapped < 0 ? NULL : (struct launch *)mapped;
}

void free_launch(struct launch *launch)
{
	if (launch == (struct launch *)spare)
		spare_is_taken = 0;
	else
		sys(__NR_munmap, launch, launch->size);
}

/* Pointers that end with NULL, into a copy of the texts that lies `distance` further on. */
static char **copy_pointers(char **to, char *const from[], word distance)
{
	for (; *from; from++)
		*to++ = *from + distance;
	*to++ = NULL;
	return to;
}

static size_t count_of(char *const texts[])
{
	size_t count = 0;

	while (texts[count])
		count++;
	return count + 1;
}

static struct launch *prepare_launch(const struct start *start, const int theirs[3])
{
	const size_t pointers = count_of(start->arguments) + count_of(start->environment), length = start->end - start->folder;
	const size_t size = sizeof(struct launch) + pointers * sizeof(char *) + length;
	struct launch *launch = new_launch(size);
	char *texts;

	if (!launch)
		return NULL;
	texts = (char *)(launch->texts + pointers);
	memcpy(texts, start->folder, length);
	launch->size = size;
	launch->folder = texts;
	launch->arguments = launch->texts;
	launch->environment = copy_pointers(launch->arguments, start->arguments, texts - start->folder);
	copy_pointers(launch->environment, start->environment, texts - start->folder);
	memcpy(launch->theirs, theirs, sizeof(launch->theirs));
	launch->with_terminal = start->flags & WITH_TERMINAL;
	return launch;
}

/* In the child, which shares our memory and must change nothing in it but its launch. */
static void become(void *of)
{
	const struct launch *launch = of;
	word result;

	if (launch->with_terminal) {
		sys(__NR_setsid);
		sys(__NR_ioctl, launch->theirs[0], TIOCSCTTY, 0);
	} else {
		sys(__NR_setpgid, 0, 0);
	}
	/* The hub has standard streams, so none of `theirs` has the number of one. */
	for (int stream = 0; stream < 3; stream++)
		sys(__NR_dup2, launch->theirs[stream], stream);
	leave_hub();
	if (*launch->folder)
		sys(__NR_chdir, launch->folder);
	result = sys(__NR_execve, launch->arguments[0], launch->arguments, launch->environment);
	complain(launch->arguments[0], "cannot be executed", result);
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
	struct launch *launch;
	word result = open_streams(start, started->streams, theirs);

	if (result < 0)
		return result;
	launch = started->launch = prepare_launch(start, theirs);
	result = launch ? clone_process(launch->stack + sizeof(launch->stack), become, launch, &started->pidfd) : -ENOMEM;
	close_all(theirs);
	if (result < 0) {
		close_all(started->streams);
		if (launch)
			free_launch(launch);
		return result;
	}
	started->pid = (int)result;
	for (int stream = 0; stream < 3; stream++)
		if (started->streams[stream] >= 0)
			sys(__NR_fcntl, started->streams[stream], F_SETFL, O_NONBLOCK | (stream == INPUT ? O_WRONLY : O_RDONLY));
	return 0;
}
