import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { AgentClient } from '../agent/client.ts';
import type { GuestMachine } from '../guest-machine.ts';
import { carry } from './carry.ts';
import { newClientKey } from './client.ts';
import { OrdinaryConnection } from './ordinary.ts';

/** Copies its standard streams to and from a UNIX socket: what ssh_config(5) calls a ProxyCommand. */
const CONNECT =
  'const s = require("net").connect(process.argv[1]); s.on("error", () => process.exit(1)); process.stdin.pipe(s).pipe(process.stdout)';

const AUTHORIZED = '/root/.ssh/authorized_keys';

/**
 * Further SSH connections to a guest whose only SSH port is taken: each is carried by a program in the guest, which connects it
 * to the SSH server on the loopback device. They use a key that is made for this guest.
 */
export class SshAccess implements AsyncDisposable {
  /** For a plain OpenSSH client in another terminal, while the guest is up. */
  readonly command: string;
  readonly #agent: AgentClient;
  readonly #hostKey: string;
  readonly #privateKey: string;
  readonly #server: Server;
  readonly #clients: Set<Socket>;

  private constructor(
    parts: { command: string; agent: AgentClient; hostKey: string; privateKey: string },
    server: Server,
    clients: Set<Socket>,
  ) {
    this.command = parts.command;
    this.#agent = parts.agent;
    this.#hostKey = parts.hostKey;
    this.#privateKey = parts.privateKey;
    this.#server = server;
    this.#clients = clients;
  }

  /** @throws KC_SSH_ACCESS (host) when the key cannot be left in the guest, or the socket not be listened on */
  static async open({ qemu, control, agent, hostKey }: GuestMachine): Promise<SshAccess> {
    const socket = join(qemu.folder, 'access');
    const key = join(qemu.folder, 'key');
    const knownHosts = join(qemu.folder, 'known_hosts');
    const config = join(qemu.folder, 'ssh_config');
    const { privateKey, publicKey } = await newClientKey();
    const refused = await control.writeFile(AUTHORIZED, publicKey);
    if (refused !== 0) {
      throw new KconformError(`cannot write ${AUTHORIZED} in the guest: errno ${refused}`, {
        code: 'KC_SSH_ACCESS',
        blame: 'host',
      });
    }
    writeFileSync(key, privateKey, { mode: 0o600 });
    writeFileSync(knownHosts, `guest ${hostKey}\n`, { mode: 0o600 });
    writeFileSync(config, sshConfig({ socket, key, knownHosts }), { mode: 0o600 });

    const clients = new Set<Socket>();
    const server = createServer((client) => {
      clients.add(client);
      client.on('error', () => undefined); // `close` follows
      client.on('close', () => clients.delete(client));
      carry(agent).then(
        (stream) => {
          client.pipe(stream).pipe(client);
          stream.on('close', () => client.destroy());
        },
        () => client.destroy(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(new KconformError(`cannot listen on ${socket}`, { code: 'KC_SSH_ACCESS', blame: 'host', cause })),
      );
      server.listen(socket, resolve);
    });
    return new SshAccess({ command: `ssh -F ${config} guest`, agent, hostKey, privateKey }, server, clients);
  }

  /** @throws KC_SSH (harness) */
  async connect(): Promise<OrdinaryConnection> {
    return OrdinaryConnection.open(await carry(this.#agent), this.#hostKey, this.#privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
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
