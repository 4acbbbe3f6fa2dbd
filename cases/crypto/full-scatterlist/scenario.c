// kconform: ends after 10 s
// The input of an AF_ALG socket is a chain of lists of pages. A list that is filled to its end by one call is marked as the last
// one, and the next list must take the mark away.
#include <linux/if_alg.h>
#include <stdint.h>
#include <sys/socket.h>
#include "kconform.h"

/* MAX_SGL_ENTS of crypto/if_alg.h: the struct scatterlist (32 bytes) that fit in a page behind a header, less one. */
#define ENTRIES 126
#define PAGE 4096
#define TAG 16
#define IV 12

static char data[(ENTRIES + 2) * PAGE + TAG];

/* A socket that encrypts with gcm(aes), with buffers for all the data. */
static int encrypting(void)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG, .salg_type = "aead", .salg_name = "gcm(aes)" };
	int size = 1 << 22, work, all = socket(AF_ALG, SOCK_SEQPACKET, 0);

	if (bind(all, (struct sockaddr *)&address, sizeof(address)) || setsockopt(all, SOL_ALG, ALG_SET_KEY, data, 16) ||
	    setsockopt(all, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, TAG))
		return -1;
	work = accept(all, NULL, NULL);
	setsockopt(work, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(work, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return work;
}

int main(void)
{
	char control[CMSG_SPACE(4) + CMSG_SPACE(4 + IV)] = { 0 };
	struct iovec vector = { data, ENTRIES * PAGE };
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof(control), .msg_iov = &vector, .msg_iovlen = 1 };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	uint32_t operation = ALG_OP_ENCRYPT, length = IV;
	int work = encrypting();

	if (work < 0)
		return 1;
	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_OP;
	header->cmsg_len = CMSG_LEN(4);
	memcpy(CMSG_DATA(header), &operation, 4);
	header = CMSG_NXTHDR(&message, header);
	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_IV;
	header->cmsg_len = CMSG_LEN(4 + IV);
	memcpy(CMSG_DATA(header), &length, 4);
	observe("filled", sendmsg(work, &message, MSG_MORE));
	observe("more", send(work, data, 2 * PAGE, 0));
	observe("read", read(work, data, sizeof(data)));
	return 0;
}
