// Like check_rearm and check_delete of tools/testing/selftests/timers/posix_timers.c: a timer expires while its signal is blocked.
// It is set anew or deleted before the signal is unblocked, which then must not be delivered.
#include <signal.h>
#include <time.h>
#include "kconform.h"

static volatile int delivered;

static void handle(int signal)
{
	(void)signal;
	delivered++;
}

static int signals_after(bool rearm, bool remove)
{
	struct itimerspec soon = { .it_value = { .tv_nsec = 1000000 } }, later = { .it_value = { .tv_sec = 1000 } };
	sigset_t signals;
	timer_t timer;

	delivered = 0;
	sigemptyset(&signals);
	sigaddset(&signals, SIGALRM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (timer_create(CLOCK_MONOTONIC, NULL, &timer) || timer_settime(timer, 0, &soon, NULL))
		return -1;
	usleep(200000);
	if (rearm && timer_settime(timer, 0, &later, NULL))
		return -2;
	if (remove && timer_delete(timer))
		return -3;
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	if (!remove)
		timer_delete(timer);
	return delivered;
}

int main(void)
{
	struct sigaction action = { .sa_handler = handle };

	if (sigaction(SIGALRM, &action, NULL))
		return 1;
	observe("expired", signals_after(false, false));
	observe("rearmed", signals_after(true, false));
	observe("deleted", signals_after(false, true));
	return 0;
}
