import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Client } from 'ssh2';

/** The random part of what a client says first: SSH_MSG_KEXINIT's cookie (RFC 4253, 7.1) comes after the message's number. */
const COOKIE = { offset: 1, length: 16 };

/** All that is random in a client's half of a key exchange by curve25519-sha256 (RFC 8731): the same half leads to the same keys. */
export class ClientHalf {
  readonly cookie: Buffer;
  readonly privateKey: KeyObject;

  private constructor(cookie: Buffer, privateKey: KeyObject) {
    this.cookie = cookie;
    this.privateKey = privateKey;
  }

  static generate(): ClientHalf {
    return new ClientHalf(randomBytes(COOKIE.length), generateKeyPairSync('x25519').privateKey);
  }

  static parse(text: string): ClientHalf {
    const [cookie = '', key = ''] = text.split(' ');
    const der = Buffer.from(key, 'base64');
    return new ClientHalf(Buffer.from(cookie, 'base64'), createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  }

  toString(): string {
    const key = this.privateKey.export({ format: 'der', type: 'pkcs8' });
    return `${this.cookie.toString('base64')} ${key.toString('base64')}`;
  }

  /**
   * Makes a client that was just told to connect use this half for its first key exchange, for which ssh2 1.17 has no option. Where
   * its inside has changed the two sides' keys differ, and the login fails.
   */
  impose(client: Client): void {
    const protocol: unknown = Reflect.get(client, '_protocol');
    if (typeof protocol !== 'object' || protocol === null)
      throw new TypeError('ssh2 has changed: a client has no _protocol');
    onFirstValue(protocol, '_kexinit', (message) => {
      if (!Buffer.isBuffer(message)) throw new TypeError('ssh2 has changed: _kexinit is no message');
      this.cookie.copy(message, COOKIE.offset);
    });
    onFirstValue(protocol, '_kex', (exchange) => {
      const keys = { privateKey: this.privateKey, publicKey: createPublicKey(this.privateKey) };
      if (typeof exchange !== 'object' || exchange === null || !Reflect.set(exchange, '_keys', keys)) {
        throw new TypeError('ssh2 has changed: _kex takes no keys');
      }
    });
  }
}

/** Shows the first value other than undefined that a property is given, before anybody else sees it. */
function onFirstValue(object: object, name: string, see: (value: unknown) => void): void {
  Object.defineProperty(object, name, {
    configurable: true,
    get: () => undefined,
    set: (value: unknown) => {
      if (value === undefined) return;
      Object.defineProperty(object, name, { configurable: true, enumerable: true, writable: true, value });
      see(value);
    },
  });
}
