import { GuestBuffer, memory, scenario, syscall } from 'kconform';

/** linux/posix_acl_xattr.h: the version, then entries of tag, permissions and id. */
const VERSION = 2;
const USER_OBJ = 0x01;
const GROUP_OBJ = 0x04;
const OTHER = 0x20;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const memfd = await root.syscall('memfd_create', 'sealed', memory.MFD.NOEXEC_SEAL);
  const name = 'system.posix_acl_access';
  const setAcl = (owner: number) => {
    const acl = minimalAcl(owner);
    return syscall('fsetxattr', memfd.value, name, acl, acl.bytes.length, 0);
  };
  const calls = await root.errnos({
    chmod: syscall('fchmod', memfd.value, 0o700),
    withoutExecution: setAcl(6),
    withExecution: setAcl(7),
  });
  const { facts } = await root.fstat(memfd.value);
  return { calls, executable: ((facts?.mode ?? 0) & 0o111) !== 0 };
});

/** The shortest access control list: permissions for the owner, none for the group and for others. */
function minimalAcl(owner: number): GuestBuffer {
  const bytes = Buffer.alloc(4 + 3 * 8);
  bytes.writeUInt32LE(VERSION, 0);
  for (const [index, [tag, permissions]] of [
    [USER_OBJ, owner] as const,
    [GROUP_OBJ, 0] as const,
    [OTHER, 0] as const,
  ].entries()) {
    bytes.writeUInt16LE(tag, 4 + index * 8);
    bytes.writeUInt16LE(permissions, 6 + index * 8);
    bytes.writeUInt32LE(0xffffffff, 8 + index * 8);
  }
  return new GuestBuffer(bytes);
}
