/* SPDX-License-Identifier: GPL-2.0-only */
/* What a C library would bring: the functions that the compiler calls by itself, and a little text. */
#include "sys.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/sched.h>

void *memcpy(void *to, const void *from, size_t length)
{
	void *at = to;

	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(length) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t length)
{
	char *target = to;
	const char *source = from;

	if (target <= source || target >= source + length)
		return memcpy(to, from, length);
	while (length-- > 0)
		target[length] = source[length];
	return to;
}

void *memset(void *to, int value, size_t length)
{
	void *at = to;

	__asm__ volatile("rep stosb" : "+D"(at), "+c"(length) : "a"(value) : "memory");
	return to;
}

size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

int same_text(const char *one, const char *other)
{
	while (*one && *one == *other)
		one++, other++;
	return *one == *other;
}

int starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return !*start;
}

void sleep_ms(int milliseconds)
{
	struct duration time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	sys(__NR_nanosleep, &time, 0);
}

_Noreturn void leave(int status)
{
	for (;;)
		sys(__NR_exit_group, status);
}

word fork_process(void)
{
	return sys(__NR_clone, SIGCHLD, 0, 0, 0, 0);
}

word clone_process(void *stack_end, void (*body)(void *argument), void *argument, int *pidfd)
{
	/* clone(2) ignores r8 and r9 with these flags, and keeps both for the child, which has no other stack to find them on. */
	register void (*r9)(void *) __asm__("r9") = body;
	register void *r8 __asm__("r8") = argument;
	word result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r8, %%rdi\n\t"
			 "call *%%r9\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(result)
			 : "a"(__NR_clone), "D"(CLONE_VM | CLONE_PIDFD | SIGCHLD), "S"(stack_end), "d"(pidfd), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* struct sigaction of the kernel; without a handler no restorer is needed */
struct disposition {
	void (*handler)(int);
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

void ignore_broken_pipes(int ignored)
{
	struct disposition action = { .handler = ignored ? SIG_IGN : SIG_DFL };

	sys(__NR_rt_sigaction, SIGPIPE, &action, 0, 8);
}

void leave_no_zombies(void)
{
	struct disposition action = { .handler = SIG_DFL, .flags = SA_NOCLDWAIT };

	sys(__NR_rt_sigaction, SIGCHLD, &action, 0, 8);
}

int write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		word written = sys(__NR_write, fd, at, length);

		if (written == -EINTR)
			continue;
		if (written == -EAGAIN) {
			struct poll_entry ready = { .fd = fd, .events = POLL_OUT };

			sys(__NR_poll, &ready, 1, -1);
			if (ready.revents & (POLL_HUP | POLL_ERR))
				return -1;
			continue;
		}
		if (written <= 0)
			return -1;
		at += written;
		length -= written;
	}
	return 0;
}

word read_text(const char *path, char *text, size_t size)
{
	word fd = sys(__NR_open, path, 02000000 /* O_RDONLY | O_CLOEXEC */), length;

	if (fd < 0)
		return fd;
	length = sys(__NR_read, fd, text, size - 1);
	sys(__NR_close, fd);
	text[length > 0 ? length : 0] = 0;
	return length;
}

void add_text(struct text *text, const char *more)
{
	while (*more && text->length + 1 < text->size)
		text->bytes[text->length++] = *more++;
	text->bytes[text->length] = 0;
}

void add_number(struct text *text, int64_t number)
{
	char digits[24];
	int at = sizeof(digits) - 1;
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	digits[at] = 0;
	do
		digits[--at] = '0' + rest % 10;
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	add_text(text, digits + at);
}
