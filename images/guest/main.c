/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"

#include <string.h>

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : 0;
	const char *name = slash ? slash + 1 : argv[0];

	return strcmp(name, "agent") == 0 ? agent_main() : init_main();
}
