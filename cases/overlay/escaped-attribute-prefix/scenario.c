// A name of overlayfs itself in a lower layer is escaped: trusted.overlay.overlay.NAME stands for trusted.overlay.NAME. The fix compares the
// whole prefix, with its last dot.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "kconform.h"

static bool listed(const char *path, const char *name)
{
	char names[4096];
	ssize_t length = listxattr(path, names, sizeof(names));

	for (char *at = names; length > 0 && at < names + length; at += strlen(at) + 1)
		if (!strcmp(at, name))
			return true;
	return false;
}

int main(void)
{
	const char *directories[] = { "/tmp/lower", "/tmp/other", "/tmp/merged" };

	for (int i = 0; i < 3; i++)
		if (mkdir(directories[i], 0755))
			return 1;
	close(open("/tmp/lower/file", O_CREAT | O_WRONLY, 0644));
	if (setxattr("/tmp/lower/file", "trusted.overlay.overlay.x", "1", 1, 0) ||
	    setxattr("/tmp/lower/file", "trusted.overlay.overlayx", "1", 1, 0) ||
	    setxattr("/tmp/lower/file", "trusted.other", "1", 1, 0))
		return 2;
	if (mount("overlay", "/tmp/merged", "overlay", 0, "lowerdir=/tmp/lower:/tmp/other"))
		return 3;
	observe("other", listed("/tmp/merged/file", "trusted.other"));
	observe("escaped", listed("/tmp/merged/file", "trusted.overlay.x"));
	observe("mangled", listed("/tmp/merged/file", "trusted.overlay."));
	return 0;
}
