import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const badValue = (option: string) => `EINVAL, e bpf: Bad value for '${option}'`;

export default expectation<typeof scenario>({
  about: 'what fsconfig takes and refuses, with the line in the log of the context or without any',
  commit: ['6fe01d3cbb92', 'b08c8fc0411d'],
  source: 'https://git.kernel.org/torvalds/c/d2935de7e4fd',
  versions: ['6.9'],
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
      uid: badValue('uid'),
      gid: badValue('gid'),
      mode: badValue('mode'),
      uidFlag: badValue('uid'),
      uidBinary: badValue('uid'),
      cmdsFlag: badValue('delegate_cmds'),
      cmdsBinary: badValue('delegate_cmds'),
      cmdsPath: badValue('delegate_cmds'),
      cmdsDescriptor: badValue('delegate_cmds'),
      cmdsEmpty: badValue('delegate_cmds'),
      cmdsUnknownName: 'EINVAL',
      cmdsTooLarge: 'ERANGE',
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
