import { KconformError } from '../../errors/error.ts';

/** Takes some 50 ms the first time. */
export async function loadSsh2() {
  return (await import('ssh2')).default;
}

/** Begins to load the client, so that it is there when a guest is; what is wrong with it is told by `openSsh`. */
export function prepareSsh(): void {
  loadSsh2().catch(() => undefined);
}

export function sshError(reason: string, cause: unknown): KconformError {
  return new KconformError(`SSH to the guest failed: ${reason}`, { code: 'KC_SSH', blame: 'harness', cause });
}

/** A key pair for other SSH clients: `privateKey` in OpenSSH's format, `publicKey` as a line of authorized_keys. */
export interface ClientKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

export async function newClientKey(): Promise<ClientKey> {
  const { utils } = await loadSsh2();
  // Some two in a thousand that ssh2 1.17 makes it cannot read itself: "Malformed OpenSSH private key".
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519');
    if (!(utils.parseKey(pair.private) instanceof Error)) return { privateKey: pair.private, publicKey: pair.public };
  }
}
