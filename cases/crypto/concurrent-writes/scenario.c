// A write to a socket of AF_ALG waits for room, and another one comes meanwhile. It has to be refused at once, for it would write into
// the first one's data.
#include <linux/if_alg.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include "kconform.h"

static int operation;
static pid_t writer;
static char data[1 << 20]; // more than the socket has room for

static void *write_all(void *unused)
{
	(void)unused;
	__atomic_store_n(&writer, syscall(SYS_gettid), __ATOMIC_RELEASE);
	send(operation, data, sizeof(data), MSG_MORE);
	return NULL;
}

int main(void)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG, .salg_type = "skcipher", .salg_name = "ecb(aes)" };
	int cipher = socket(AF_ALG, SOCK_SEQPACKET, 0);
	pthread_t thread;

	if (bind(cipher, (struct sockaddr *)&address, sizeof(address)) || setsockopt(cipher, SOL_ALG, ALG_SET_KEY, data, 16))
		return 2;
	operation = accept(cipher, NULL, 0);
	if (operation < 0 || pthread_create(&thread, NULL, write_all, NULL) || !thread_sleeps(&writer))
		return 2;
	observe_errno("second", send(operation, data, 16, MSG_MORE | MSG_DONTWAIT));
	fflush(stdout);
	_exit(0);
}
