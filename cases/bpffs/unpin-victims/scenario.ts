import { bpf, type Call, type GuestProcess, O, scenario, syscall } from 'kconform';
import { lookUp, newMap, newProgram, pin } from '../objects.ts';

/** A map that nothing but its pin holds. @returns its id */
async function pinnedMap(process: GuestProcess, path: string): Promise<number> {
  const map = await newMap(process);
  const id = await bpf.objectId(process, map, 'map');
  await process.errnos({ pin: pin(path, map), close: syscall('close', map) });
  return id;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;

  // A look-up that finds something holds it, so each stands last, or in a process that ends with what it found.
  const stillThere = async (id: number) => {
    await using looker = await root.fork();
    return (await looker.errnos({ found: lookUp('map', id) })).found;
  };
  const afterCall = async (call: Call, id: number) => root.errnos({ call, map: lookUp('map', id) });

  const moved = await pinnedMap(root, '/mnt/moved');
  const replaced = await pinnedMap(root, '/mnt/replaced');
  const renameOver = await root.errnos({
    rename: syscall('rename', '/mnt/moved', '/mnt/replaced'),
    replaced: lookUp('map', replaced),
    moved: lookUp('map', moved),
  });

  const linked = await pinnedMap(root, '/mnt/first');
  await root.link('/mnt/first', '/mnt/second');
  const firstUnlink = { call: (await root.unlink('/mnt/first')).errno, map: await stillThere(linked) };
  const secondUnlink = await afterCall(syscall('unlink', '/mnt/second'), linked);

  const held = await pinnedMap(root, '/mnt/held');
  const path = (await root.open('/mnt/held', O.PATH)).fd;
  const unlinkHeld = { call: (await root.unlink('/mnt/held')).errno, map: await stillThere(held) };
  const closePath = await afterCall(syscall('close', path), held);

  const opened = await newMap(root);
  const openedId = await bpf.objectId(root, opened, 'map');
  await root.errnos({ pin: pin('/mnt/open', opened) });
  const unlinkOpen = { call: (await root.unlink('/mnt/open')).errno, map: await stillThere(openedId) };
  const closeOpen = await afterCall(syscall('close', opened), openedId);

  const program = await newProgram(root);
  const programId = await bpf.objectId(root, program, 'program');
  const below = await pinnedMap(root, '/mnt/map');
  const umount = await root.errnos({
    pinProgram: pin('/mnt/program', program),
    closeProgram: syscall('close', program),
    umount: syscall('umount2', '/mnt', 0),
    map: lookUp('map', below),
    program: lookUp('program', programId),
  });
  return { renameOver, firstUnlink, secondUnlink, unlinkHeld, closePath, unlinkOpen, closeOpen, umount };
});
