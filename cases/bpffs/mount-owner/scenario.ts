import { eachOf, scenario } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const ACCEPTED = [
  '',
  'uid=65534,gid=65534',
  'uid=1000',
  'gid=1000',
  'uid=0',
  'gid=0',
  'uid=0x10',
  'uid=010',
  'gid=0x10',
  'gid=010',
  'uid=+5',
  'uid=4294967294',
  'gid=4294967294',
  'uid=1,uid=2',
  'gid=1,gid=2',
  'gid=7,mode=0750,uid=5',
] as const;

const REFUSED = [
  'uid=4294967295',
  'gid=4294967295',
  'uid=4294967296',
  'gid=4294967296',
  'uid=-1',
  'gid=-1',
  'uid=abc',
  'gid=abc',
  'uid= 5',
  'uid',
  'gid',
  'uid=',
  'gid=',
] as const;

export default scenario(async ({ guest }) => {
  const accepted = await mountEach(guest.root, ACCEPTED);
  const refused = await mountEach(guest.root, REFUSED);
  return {
    accepted: eachOf(accepted, (mounted) => ({
      shown: inALine(mounted),
      owner: mounted.root && `${mounted.root.uid}:${mounted.root.gid}`,
      mode: mounted.root?.mode.toString(8) ?? null,
    })),
    refused: eachOf(refused, inALine),
  };
});
