import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { KconformError } from '../errors.ts';
import type { GuestMachine } from './guest-machine.ts';
import { newClientKey } from './ssh.ts';

/** Copies its standard streams to and from a UNIX socket: what ssh_config(5) calls a ProxyCommand. */
const CONNECT =
  'const s = require("net").connect(process.argv[1]); s.on("error", () => process.exit(1)); process.stdin.pipe(s).pipe(process.stdout)';

const AUTHORIZED = '/root/.ssh/authorized_keys';

/**
 * Lets other SSH clients into a guest whose only SSH port is ours: each connection to a UNIX socket in the run folder is led
 * through a command on our own connection to the guest's SSH server.
 */
export class Door implements AsyncDisposable {
  /** For a plain OpenSSH client in another terminal, while the guest is up. */
  readonly command: string;
  readonly #server: Server;
  readonly #visitors: Set<Socket>;

  private constructor(command: string, server: Server, visitors: Set<Socket>) {
    this.command = command;
    this.#server = server;
    this.#visitors = visitors;
  }

  /** @throws KC_DOOR (host) when the key cannot be left in the guest, or the socket not be listened on */
  static async open({ qemu, control, link, hostKey }: GuestMachine): Promise<Door> {
    const socket = join(qemu.folder, 'door');
    const key = join(qemu.folder, 'key');
    const knownHosts = join(qemu.folder, 'known_hosts');
    const config = join(qemu.folder, 'ssh_config');
    const { privateKey, publicKey } = await newClientKey();
    const refused = await control.writeFile(AUTHORIZED, publicKey);
    if (refused !== 0) {
      throw new KconformError(`cannot write ${AUTHORIZED} in the guest: errno ${refused}`, {
        code: 'KC_DOOR',
        blame: 'host',
      });
    }
    writeFileSync(key, privateKey, { mode: 0o600 });
    writeFileSync(knownHosts, `guest ${hostKey}\n`, { mode: 0o600 });
    writeFileSync(config, sshConfig({ socket, key, knownHosts }), { mode: 0o600 });

    const visitors = new Set<Socket>();
    const server = createServer((visitor) => {
      visitors.add(visitor);
      visitor.on('error', () => undefined); // `close` follows
      visitor.on('close', () => visitors.delete(visitor));
      // Its own connection ends with this command, whichever side ends first.
      link
        .attach('exec nc 127.0.0.1 22', {
          use: (channel) => {
            visitor.pipe(channel).pipe(visitor);
            channel.stderr.resume();
            visitor.on('close', () => channel.close());
          },
        })
        .then(
          () => visitor.end(),
          () => visitor.destroy(),
        );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(new KconformError(`cannot listen on ${socket}`, { code: 'KC_DOOR', blame: 'host', cause })),
      );
      server.listen(socket, resolve);
    });
    return new Door(`ssh -F ${config} guest`, server, visitors);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const visitor of this.#visitors) visitor.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function sshConfig(files: { socket: string; key: string; knownHosts: string }): string {
  return `Host guest
  User root
  IdentityFile ${files.key}
  IdentitiesOnly yes
  UserKnownHostsFile ${files.knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  ProxyCommand ${process.execPath} -e '${CONNECT}' ${files.socket}
`;
}
