/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"
#include "sys.h"

int guest_main(int argc, char **argv)
{
	const char *name = argc > 0 ? argv[0] : "";

	for (const char *at = name; *at; at++)
		if (*at == '/')
			name = at + 1;
	return same_text(name, "agent") ? agent_main() : init_main();
}
