/** Debian packages whose programs people use in reports; busybox's own of the same names do other things with their options. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  acl: ['getfacl', 'setfacl'],
  attr: ['getfattr', 'setfattr'],
  bpftool: ['bpftool'],
  bpftrace: ['bpftrace'],
  'btrfs-progs': ['btrfs', 'mkfs.btrfs'],
  curl: ['curl'],
  e2fsprogs: ['chattr', 'lsattr', 'mke2fs', 'mkfs.ext4', 'tune2fs', 'resize2fs', 'e2fsck'],
  ethtool: ['ethtool'],
  'f2fs-tools': ['mkfs.f2fs'],
  fio: ['fio'],
  fuse3: ['fusermount3'],
  gdb: ['gdb'],
  'inotify-tools': ['inotifywait', 'inotifywatch'],
  iproute2: ['ip', 'tc', 'ss', 'bridge', 'devlink'],
  iptables: ['iptables', 'ip6tables'],
  keyutils: ['keyctl'],
  'libcap2-bin': ['capsh', 'getcap', 'setcap', 'getpcaps'],
  mount: ['mount', 'umount', 'losetup', 'swapon', 'swapoff'],
  nftables: ['nft'],
  numactl: ['numactl'],
  perl: ['perl'],
  procps: ['sysctl', 'pgrep', 'pkill'],
  python3: ['python3'],
  socat: ['socat'],
  strace: ['strace'],
  'stress-ng': ['stress-ng'],
  'util-linux': [
    'unshare',
    'nsenter',
    'setpriv',
    'ipcmk',
    'lsipc',
    'prlimit',
    'chrt',
    'findmnt',
    'lsblk',
    'wipefs',
    'uclampset',
  ],
  xfsprogs: ['xfs_io', 'mkfs.xfs'],
};

const PACKAGE_OF = new Map(
  Object.entries(PACKAGES).flatMap(([name, programs]) => programs.map((program) => [program, name])),
);

/** Where a word of a shell script is a program: at the beginning of a command. */
const PROGRAM =
  /(?<=(?:^|[\n;&|(`]|\b(?:sudo|then|do|else|time|exec|nohup|env|if|while|until)[ \t]|![ \t])[ \t]*(?:\w+=\S* )*(?:\/(?:usr\/)?s?bin\/)?)[a-z][\w.-]*/g;

/** The Debian packages that commands of a shell need. */
export function packagesOf(script: string): string[] {
  const words = script.match(PROGRAM) ?? [];
  return [...new Set(words.flatMap((word) => PACKAGE_OF.get(word) ?? []))].sort();
}
