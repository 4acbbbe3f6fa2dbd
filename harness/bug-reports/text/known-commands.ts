/** Words by which a line is taken for a command of a shell where no prompt says so. */
const KNOWN = new Set(
  `
  . [ addgroup adduser awk basename bash blkdiscard blockdev bpftool brctl capsh case cat cd chattr chgrp chmod chown chroot chrt
  cp cut date dd df dirname dmesg dmsetup du echo env ethtool eval exec exit export fallocate false find findmnt fio flock for
  fsck fsfreeze fstrim fuser getcap getfacl getfattr grep head hexdump hostname id if ifconfig insmod ionice ip ipcmk ipcrm ipcs
  iptables keyctl kill killall ln losetup ls lsattr lsblk lsipc lsmod lsof mkdir mkfifo mknod mkswap mktemp modprobe mount
  mountpoint mv nc nft nice nsenter numactl od openssl perf perl pgrep ping pkill printf ps pwd python3 readlink realpath
  renice rm rmdir rmmod sed seq set setcap setfacl setfattr setpriv setsid sh sleep socat sort source ss stat strace stress-ng su
  sudo swapoff swapon sync sysctl tail taskset tc tee test time timeout touch tr trap true truncate tune2fs ulimit umask umount
  uname unshare until wait wc while xargs xfs_io xxd zramctl
`
    .trim()
    .split(/\s+/),
);

/** Programs that only prepare what is compiled, or show it: the reproducer needs none of them. */
const LEFT_OUT =
  /^(?:sudo )?(?:(?:\S+-)?(?:gcc|g\+\+|cc|clang)(?:-\d+)?|vim?|nano|emacs|clear|exit|logout|history|whoami)\b/;

/** True for a line that begins as a command does: with a known program, a path, or a variable that is set. */
export function beginsAsCommand(line: string): boolean {
  const [first = '', second] = line.replace(/^sudo (?:-\S+ )*/, '').split(/\s+/);
  if (/^(?:~\/\w|\.{0,2}\/[\w.-]|[A-Za-z_]\w*=)/.test(first)) return true;
  if (/^mkfs(?:\.\w+)?$/.test(first)) return true;
  // "for this kernel" and "time is short" are prose.
  if (first === 'for' || first === 'case') return / in |;;|\(\(/.test(line);
  if (['if', 'while', 'until'].includes(first)) return /;|\[|\bdo\b|\bthen\b|\(\(/.test(line);
  if (['test', 'time', 'wait', 'set', 'find', 'sort', 'kill', 'date'].includes(first) && /^[a-z]+$/.test(second ?? ''))
    return !/^[a-z]+(?: [a-z]+){2,}[.,]?/.test(line);
  return KNOWN.has(first);
}

/** True for a command that is not run: compiling is done on the host, and what a program's source says is known. */
export function isLeftOut(line: string): boolean {
  return LEFT_OUT.test(line) || /^(?:cat|less|more|head|tail) \S+\.(?:c|h|sh|py)$/.test(line);
}
