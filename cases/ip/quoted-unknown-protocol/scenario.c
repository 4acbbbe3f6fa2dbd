// With ip_no_pmtu_disc=3, "fragmentation needed" is believed only for protocols that check what the message quotes. The message
// here quotes a packet of a protocol that the kernel does not have (253, for experiments: RFC 3692).
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include "kconform.h"

static uint16_t checksum(const uint16_t *words, int count)
{
	uint32_t sum = 0;

	while (count--)
		sum += *words++;
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

int main(void)
{
	struct {
		struct icmphdr icmp;
		struct iphdr quoted;
		char data[8];
	} message = {
		.icmp = { .type = ICMP_DEST_UNREACH, .code = ICMP_FRAG_NEEDED, .un.frag.mtu = htons(1000) },
		.quoted = { .version = 4, .ihl = 5, .tot_len = htons(28), .ttl = 64, .protocol = 253 },
	};
	struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int mode = open("/proc/sys/net/ipv4/ip_no_pmtu_disc", O_WRONLY), socket_ = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	message.quoted.saddr = message.quoted.daddr = htonl(INADDR_LOOPBACK);
	message.icmp.checksum = checksum((uint16_t *)&message, sizeof(message) / 2);
	if (write(mode, "3", 1) != 1)
		return 1;
	observe("sent", sendto(socket_, &message, sizeof(message), 0, (struct sockaddr *)&loopback, sizeof(loopback)));
	usleep(200000);
	observe("alive", (bool)true);
	return 0;
}
