import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';

export interface LocalPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: 'amd64' | 'all';
  /** Paths in the package → what is in them. */
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** An apt repository in a folder of its own, signed with a key made for it: what apt does with it is what it does with any. */
export class LocalRepository implements AsyncDisposable {
  /** Of the repository: `file:${folder}` is its address. */
  readonly folder: string;
  /** The public key, for Signed-By. */
  readonly key: string;
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
    this.folder = join(home, 'repository');
    this.key = join(home, 'key.asc');
  }

  static async create(): Promise<LocalRepository> {
    const repository = new LocalRepository(await mkdtemp(join(tmpdir(), 'kc-apt-')));
    await mkdir(join(repository.#home, 'gpg'), { mode: 0o700 });
    await repository.#gpg(['--passphrase', '', '--quick-generate-key', 'kconform test', 'ed25519', 'sign', 'never']);
    await writeFile(repository.key, (await repository.#gpg(['--armor', '--export'])).stdout);
    return repository;
  }

  /** Puts the packages into a suite, in place of those that it had. */
  async publish(suite: string, packages: readonly LocalPackage[]): Promise<void> {
    const records: string[] = [];
    for (const one of packages) records.push(await this.#build(one));
    const index = records.join('\n');
    const folder = join(this.folder, 'dists', suite);
    await mkdir(join(folder, 'main/binary-amd64'), { recursive: true });
    await writeFile(join(folder, 'main/binary-amd64/Packages'), index);
    const release = [
      `Suite: ${suite}`,
      `Codename: ${suite}`,
      `Date: ${new Date().toUTCString()}`,
      'Architectures: amd64',
      'Components: main',
      'SHA256:',
      ` ${sha256(index)} ${Buffer.byteLength(index)} main/binary-amd64/Packages`,
      '',
    ].join('\n');
    const { stdout } = await this.#gpg(['--clearsign'], release);
    await writeFile(join(folder, 'InRelease'), `${stdout}\n`);
  }

  /** Makes a suite one that nobody has signed. */
  async removeSignature(suite: string): Promise<void> {
    const folder = join(this.folder, 'dists', suite);
    const { stdout } = await this.#gpg(['--decrypt', join(folder, 'InRelease')]);
    await writeFile(join(folder, 'Release'), `${stdout}\n`);
    await rm(join(folder, 'InRelease'));
  }

  /** @returns its record in the list of packages */
  async #build({ name, version, architecture = 'amd64', files }: LocalPackage): Promise<string> {
    const content = join(this.#home, 'content');
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: nobody <nobody@localhost>\nDescription: a test\n`;
    for (const [path, bytes] of Object.entries({ ...files, 'DEBIAN/control': control })) {
      await mkdir(dirname(join(content, path)), { recursive: true });
      await writeFile(join(content, path), bytes);
    }
    const deb = join(this.folder, 'pool', `${name}_${version}_${architecture}.deb`);
    await mkdir(dirname(deb), { recursive: true });
    await execa('dpkg-deb', ['--build', '--root-owner-group', '-Zgzip', '-z1', content, deb]);
    await rm(content, { recursive: true });
    const bytes = await readFile(deb);
    return `${control}Filename: pool/${basename(deb)}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
  }

  #gpg(args: readonly string[], input = '') {
    return execa('gpg', ['--homedir', join(this.#home, 'gpg'), '--batch', '--pinentry-mode', 'loopback', ...args], {
      input,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await execa('gpgconf', ['--homedir', join(this.#home, 'gpg'), '--kill', 'gpg-agent'], { reject: false });
    await rm(this.#home, { recursive: true, force: true });
  }
}

/**
 * A host whose apt is configured for this repository alone, as `suite` of Debian's archive: a folder for the beginning of PATH
 * with an apt-get that says so. Not every version of apt tells by which key a source is signed.
 */
export async function hostOf(repository: LocalRepository, suite: string, folder: string): Promise<string> {
  const script = [
    '#!/bin/sh',
    `[ "$1" = indextargets ] && exec echo 'file:${repository.folder}|${suite}|${repository.key}'`,
    'PATH=/usr/bin:/bin exec apt-get "$@"',
    '',
  ];
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin/apt-get'), script.join('\n'), { mode: 0o755 });
  return join(folder, 'bin');
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
