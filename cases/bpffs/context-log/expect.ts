import { expectation } from 'kconform';
import { sinceDelegation, sinceOwner } from '../since.ts';
import type scenario from './scenario.ts';

const badValue = (option: string) => `EINVAL, e bpf: Bad value for '${option}'`;

export default expectation<typeof scenario>({
  about:
    'fsconfig accepts valid options and rejects others; the log of the context has a line for those that print one',
  commit: ['6fe01d3cbb92', 'b08c8fc0411d'],
  source: 'https://git.kernel.org/torvalds/c/d2935de7e4fd',
  versions: ['6.1'],
  behaviours: {
    'mount/owner-refused': ['configured.uid', 'configured.gid', 'configured.uidFlag', 'configured.uidBinary'],
    'mount/mode-refused': ['configured.mode'],
    'mount/wrong-type': [
      'configured.cmdsFlag',
      'configured.cmdsBinary',
      'configured.cmdsPath',
      'configured.cmdsDescriptor',
    ],
    'delegation/missing': ['configured.cmdsEmpty', 'configured.cmdsFlag'],
    'delegation/no-message': ['configured.cmdsUnknownName', 'configured.cmdsTooLarge'],
    'mount/string-too-long': ['configured.longest', 'configured.tooLong'],
    'mount/unknown-option': [
      'configured.unknownString',
      'configured.unknownFlag',
      'configured.unknownBinary',
      'configured.unknownDescriptor',
      'configured.misspelt',
      'configured.otherCase',
    ],
    'mount/source-twice': ['configured.source', 'configured.sourceFlag', 'sourceTwice', 'sourceInData'],
  },
  outcome: {
    configured: {
      uid: sinceOwner('accepted', badValue('uid')),
      gid: sinceOwner('accepted', badValue('gid')),
      mode: badValue('mode'),
      uidFlag: sinceOwner('accepted', badValue('uid')),
      uidBinary: sinceOwner('accepted', badValue('uid')),
      cmdsFlag: sinceDelegation('accepted', badValue('delegate_cmds')),
      cmdsBinary: sinceDelegation('accepted', badValue('delegate_cmds')),
      cmdsPath: sinceDelegation('accepted', badValue('delegate_cmds')),
      cmdsDescriptor: sinceDelegation('accepted', badValue('delegate_cmds')),
      cmdsEmpty: sinceDelegation('accepted', badValue('delegate_cmds')),
      cmdsUnknownName: sinceDelegation('accepted', 'EINVAL'),
      cmdsTooLarge: sinceDelegation('accepted', 'ERANGE'),
      cmdsGood: 'accepted',
      longest: 'accepted',
      tooLong: 'EINVAL',
      unknownString: 'accepted',
      unknownFlag: 'accepted',
      unknownBinary: 'accepted',
      unknownDescriptor: 'accepted',
      misspelt: 'accepted',
      otherCase: 'accepted',
      source: 'accepted',
      sourceFlag: 'EINVAL, e Non-string source',
    },
    sourceTwice: [null, 'EINVAL'],
    sourceInData: 'EINVAL',
  },
});
