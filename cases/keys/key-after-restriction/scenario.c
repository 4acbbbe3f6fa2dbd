// A thread adds a key to a keyring while another one restricts the keyring, after which it takes no key. Once the restriction is in
// place, the keyring has to keep the keys that it has. Exit status 1: a key came afterwards.
#include <linux/keyctl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include "kconform.h"

enum { ROUNDS = 1000 };

static char payload[32767]; // the kernel copies it between its look at the restriction and the lock of the keyring
static atomic_long keyring;
static atomic_int begun, ended; // the round
static atomic_int failure;

static long add_key(const char *type, const char *name, const void *data, size_t size, long into)
{
	return syscall(__NR_add_key, type, name, data, size, into);
}

static void *add(void *unused)
{
	(void)unused;
	for (int round = 1; round <= ROUNDS; round++) {
		while (begun < round)
			;
		failure = add_key("user", "key", payload, sizeof(payload), keyring) < 0 ? errno : 0;
		ended = round;
	}
	return NULL;
}

static long count_keys(void)
{
	return syscall(__NR_keyctl, KEYCTL_READ, keyring, NULL, 0) / (long)sizeof(int);
}

/* Whether a key came after the restriction. */
static bool restrict_while_adding(int round)
{
	long before;

	keyring = add_key("keyring", "restricted", NULL, 0, KEY_SPEC_PROCESS_KEYRING);
	if (keyring < 0)
		_exit(2);
	begun = round;
	for (volatile int i = rand() % 20000; i > 0; i--)
		;
	if (syscall(__NR_keyctl, KEYCTL_RESTRICT_KEYRING, keyring, NULL, NULL))
		_exit(2);
	before = count_keys();
	while (ended < round)
		;
	if (failure == EDQUOT)
		usleep(100000); // until the kernel has freed the keys of earlier rounds
	else if (failure && failure != EPERM)
		_exit(2);
	return count_keys() > before;
}

int main(void)
{
	pthread_t thread;
	bool late = false;

	// The process keyring has to be there before the thread, which would not see it otherwise.
	if (add_key("keyring", "first", NULL, 0, KEY_SPEC_PROCESS_KEYRING) < 0 || pthread_create(&thread, NULL, add, NULL))
		return 2;
	for (int round = 1; round <= ROUNDS && !late; round++) {
		late = restrict_while_adding(round);
		syscall(__NR_keyctl, KEYCTL_CLEAR, KEY_SPEC_PROCESS_KEYRING);
	}
	observe("addedLater", late);
	_exit(late);
}
