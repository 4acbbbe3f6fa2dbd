// A persistent tun device belongs to a user (TUNSETOWNER), a group, or to nobody. A user without CAP_NET_ADMIN must not attach to
// one that belongs to nobody.
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
	int *errnos = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (make("owned", true) || make("ownerless", false) || chmod(DEVICE, 0666))
		return 1;
	if (!fork()) {
		if (setgid(USER) || setuid(USER))
			_exit(1);
		errnos[0] = attach("owned") < 0 ? errno : 0;
		errnos[1] = attach("ownerless") < 0 ? errno : 0;
		_exit(0);
	}
	wait(NULL);
	errno = errnos[0];
	observe_errno("owned", errnos[0] ? -1 : 0);
	errno = errnos[1];
	observe_errno("ownerless", errnos[1] ? -1 : 0);
	return 0;
}
