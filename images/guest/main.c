/* SPDX-License-Identifier: GPL-2.0-only */
/* The entry point of the binary, which does what the name says that it is called by. */
#include "guest.h"
#include "sys.h"

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n");

static int guest_main(int argc, char **argv, char **environment)
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

/* stack: argc, argv…, NULL, environment…, NULL */
__attribute__((used)) _Noreturn void start(word *stack)
{
	char **arguments = (char **)(stack + 1);

	leave(guest_main((int)stack[0], arguments, arguments + stack[0] + 1));
}
