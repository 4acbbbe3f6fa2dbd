import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'a dump of the policies of generic netlink names the command of each policy',
  needs: { config: ['INET'] },
  versions: ['5.10'],
  outcome: {
    send: null,
    // CTRL_CMD_GETFAMILY and CTRL_CMD_GETPOLICY
    commands: [3, 10],
  },
  knownBugs: [
    {
      title: 'a command that can only dump is called 0',
      fix: 'genetlink: report the real command id for dump-only ops in policy dumps',
      fixedIn: ['6.12.112'],
      instead: { commands: [3, 0] },
    },
  ],
});
