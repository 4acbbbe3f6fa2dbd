/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.h"
#include "sys.h"

int guest_main(int argc, char **argv, char **environment)
{
	const char *name = argc > 0 ? argv[0] : "";

	for (const char *at = name; *at; at++)
		if (*at == '/')
			name = at + 1;
	if (same_text(name, "agent"))
		return agent_main();
	if (same_text(name, "bpftool"))
		return bpftool_main(argc, argv);
	if (same_text(name, "observe"))
		return observe_main(argc, argv);
	if (same_text(name, "scenario"))
		return scenario_main(argc, argv, environment);
	return init_main();
}
