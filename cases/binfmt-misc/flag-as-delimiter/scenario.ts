import { O, scenario } from 'kconform';

/** One rule: name, type E (file name extension), no offset, the extension, no mask, the interpreter, no flags. */
const rule = (delimiter: string) => ['', 'rule', 'E', '', 'ext', '', '/bin/busybox', '\n'].join(delimiter);

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t binfmt_misc none /mnt`;
  const register = (await root.open('/mnt/register', O.WRONLY)).fd;
  const outcome = async (delimiter: string) => {
    const { errno } = await root.write(register, rule(delimiter));
    if (errno === null) await guest.writeFile('/mnt/rule', '-1');
    return errno;
  };
  return {
    colon: await outcome(':'),
    letter: await outcome('X'),
    flag: await outcome('F'),
    otherFlag: await outcome('P'),
  };
});
