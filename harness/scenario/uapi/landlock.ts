/** Landlock (landlock(7)), as cases import it under the name `landlock`. */
import type { Call } from '../agent/batch.ts';
import type { Descriptor } from '../api/fd.ts';
import { Struct } from './struct.ts';

/** landlock_create_ruleset(2), linux/landlock.h. */
export const RULESET_ATTR = new Struct('struct landlock_ruleset_attr', 'linux/landlock.h', 24, {
  handled_access_fs: ['u64', 0],
  handled_access_net: ['u64', 8],
  scoped: ['u64', 16],
});

/** A rule for what is below a directory; packed (linux/landlock.h). */
export const PATH_BENEATH_ATTR = new Struct('struct landlock_path_beneath_attr', 'linux/landlock.h', 12, {
  allowed_access: ['u64', 0],
  parent_fd: ['s32', 8],
});

/** A rule for a TCP port, in the order of bytes of the host (linux/landlock.h). */
export const NET_PORT_ATTR = new Struct('struct landlock_net_port_attr', 'linux/landlock.h', 16, {
  allowed_access: ['u64', 0],
  port: ['u64', 8],
});

/** Rights for files and TCP ports (linux/landlock.h), without LANDLOCK_ACCESS_. */
export const ACCESS = {
  FS_EXECUTE: 0x1,
  FS_WRITE_FILE: 0x2,
  FS_READ_FILE: 0x4,
  FS_READ_DIR: 0x8,
  FS_REMOVE_DIR: 0x10,
  FS_REMOVE_FILE: 0x20,
  FS_MAKE_CHAR: 0x40,
  FS_MAKE_DIR: 0x80,
  FS_MAKE_REG: 0x100,
  FS_MAKE_SOCK: 0x200,
  FS_MAKE_FIFO: 0x400,
  FS_MAKE_BLOCK: 0x800,
  FS_MAKE_SYM: 0x1000,
  FS_REFER: 0x2000,
  FS_TRUNCATE: 0x4000,
  FS_IOCTL_DEV: 0x8000,
  NET_BIND_TCP: 0x1,
  NET_CONNECT_TCP: 0x2,
} as const;

/** What a domain is separated from (linux/landlock.h), without LANDLOCK_SCOPE_. */
export const SCOPE = { ABSTRACT_UNIX_SOCKET: 1, SIGNAL: 2 } as const;

/** Types of rules (linux/landlock.h), without LANDLOCK_RULE_. */
export const RULE = { PATH_BENEATH: 1, NET_PORT: 2 } as const;

/** What a ruleset handles: what no rule allows is then denied. */
export interface Ruleset {
  /** Bits of ACCESS.FS_*. */
  readonly fs?: number;
  /** Bits of ACCESS.NET_*. */
  readonly net?: number;
  /** Bits of SCOPE. */
  readonly scoped?: number;
}

/** landlock_create_ruleset(2); the value is a descriptor. */
export function createRuleset({ fs = 0, net = 0, scoped = 0 }: Ruleset): Call {
  const attributes = RULESET_ATTR.make({ handled_access_fs: fs, handled_access_net: net, scoped });
  return { name: 'landlock_create_ruleset', args: [attributes, RULESET_ATTR.size, 0] };
}

/** landlock_add_rule(2): allows the rights (bits of ACCESS.FS_*) below a directory, which is open. */
export function allowBeneath(ruleset: Descriptor, directory: Descriptor, access: number): Call {
  const rule = PATH_BENEATH_ATTR.make({ allowed_access: access, parent_fd: directory });
  return { name: 'landlock_add_rule', args: [ruleset, RULE.PATH_BENEATH, rule, 0] };
}

/** landlock_add_rule(2): allows the rights (bits of ACCESS.NET_*) for a TCP port. */
export function allowPort(ruleset: Descriptor, port: number, access: number): Call {
  const rule = NET_PORT_ATTR.make({ allowed_access: access, port });
  return { name: 'landlock_add_rule', args: [ruleset, RULE.NET_PORT, rule, 0] };
}

/** landlock_restrict_self(2), for the calling process; without CAP_SYS_ADMIN it needs PR.SET_NO_NEW_PRIVS. */
export function restrictSelf(ruleset: Descriptor): Call {
  return { name: 'landlock_restrict_self', args: [ruleset, 0] };
}
