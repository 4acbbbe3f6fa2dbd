/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel without a C library: x86-64 system calls, and the few structures that its UAPI headers leave to libcs. */
#ifndef KCONFORM_SYS_H
#define KCONFORM_SYS_H

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t word;

struct poll_entry {
	int fd;
	short events, revents;
};
#define POLL_IN 0x001
#define POLL_OUT 0x004
#define POLL_ERR 0x008
#define POLL_HUP 0x010

struct io_vector {
	void *base;
	size_t length;
};

struct message_header { /* struct msghdr */
	void *name;
	int name_length;
	struct io_vector *vectors;
	size_t vector_count;
	void *control;
	size_t control_length;
	unsigned int flags;
};

struct control_header { /* struct cmsghdr */
	size_t length;
	int level, type;
};

struct duration { /* struct timespec */
	int64_t seconds, nanoseconds;
};

/* What the kernel returns: -4095 to -1 are errors. */
static inline word syscall6(word number, word a, word b, word c, word d, word e, word f)
{
	register word r10 __asm__("r10") = d;
	register word r8 __asm__("r8") = e;
	register word r9 __asm__("r9") = f;
	word result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define SYS_ARGUMENTS(number, a, b, c, d, e, f, ...) \
	syscall6(number, (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), (word)(f))
/* sys(NR, up to six arguments) */
#define sys(number, ...) SYS_ARGUMENTS(number, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* runtime.c */
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
size_t length_of(const char *text);
int same_text(const char *one, const char *other);
int starts_with(const char *text, const char *start);
void sleep_ms(int milliseconds);
_Noreturn void leave(int status);
/* As a child with copies of everything; 0 in the child. */
word fork_process(void);
/*
 * As a child that shares our memory and calls `body`, which must not return, on a stack of its own. Without CLONE_VFORK: a parent that
 * waited for execve(2) would hang where that waits for what the parent is to do. `pidfd` gets a pidfd(2) of the child, closed on exec.
 */
word clone_process(void *stack_end, void (*body)(void *argument), void *argument, int *pidfd);
/* Whether SIGPIPE is ignored; execve(2) keeps that. */
void ignore_broken_pipes(int ignored);
/* The kernel reaps our children as they end; execve(2) resets that. */
void leave_no_zombies(void);
/* Until all is written, waiting where the descriptor would block; -1 when it cannot be. */
int write_all(int fd, const void *bytes, size_t length);
/* At most size - 1 bytes of a file, ended by a NUL; negative errno when it cannot be read. */
word read_text(const char *path, char *text, size_t size);

/* Text that is put together in a fixed place; what does not fit is left out. */
struct text {
	char *bytes;
	size_t length, size;
};

#define TEXT(array) { (array), 0, sizeof(array) }
void add_text(struct text *text, const char *more);
void add_number(struct text *text, int64_t number);

#endif
