// A persistent tun device belongs to a user (TUNSETOWNER), a group, or to nobody. A user without CAP_NET_ADMIN must not attach to
// one that belongs to nobody.
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include "kconform.h"

#define DEVICE "/dev/net/tun"
#define USER 1000

static int attach(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open(DEVICE, O_RDWR);

	strcpy(request.ifr_name, name);
	return ioctl(fd, TUNSETIFF, &request) ? -1 : fd;
}

static int make(const char *name, bool owned)
{
	int fd = attach(name);
	int failed = fd < 0 || ioctl(fd, TUNSETPERSIST, 1) || (owned && ioctl(fd, TUNSETOWNER, USER));

	close(fd);
	return failed;
}

int main(void)
{
	if (make("owned", true) || make("ownerless", false) || chmod(DEVICE, 0666))
		return 1;
	if (setgid(USER) || setuid(USER))
		return 1;
	observe_errno("owned", attach("owned"));
	observe_errno("ownerless", attach("ownerless"));
	return 0;
}
