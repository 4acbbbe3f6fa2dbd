// Any file can have an empty security.capability. Copying it up must not fail: it grants nothing.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "kconform.h"

int main(void)
{
	const char *directories[] = { "/tmp/lower", "/tmp/upper", "/tmp/work", "/tmp/merged" };

	for (int i = 0; i < 4; i++)
		if (mkdir(directories[i], 0755))
			return 1;
	close(open("/tmp/lower/plain", O_CREAT | O_WRONLY, 0644));
	close(open("/tmp/lower/empty", O_CREAT | O_WRONLY, 0644));
	observe_errno("set", setxattr("/tmp/lower/empty", "security.capability", "", 0, 0));
	if (mount("overlay", "/tmp/merged", "overlay", 0, "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work"))
		return 2;
	observe_errno("plain", chmod("/tmp/merged/plain", 0600));
	observe_errno("empty", chmod("/tmp/merged/empty", 0600));
	return 0;
}
