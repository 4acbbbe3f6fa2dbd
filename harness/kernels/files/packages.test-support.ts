import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';

/** Writes files, by their paths below a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** A .deb with these files, as dpkg-deb builds it. @param name NAME of NAME.deb */
export async function makeDeb(root: string, to: string, name: string): Promise<string> {
  const file = join(to, `${name}.deb`);
  const staged = await mkdtemp(join(tmpdir(), 'kc-deb-'));
  try {
    await cp(root, staged, { recursive: true });
    const control = `Package: ${name}\nVersion: 1\nArchitecture: amd64\nMaintainer: me <me@here>\nDescription: test\n`;
    await writeFiles(staged, { 'DEBIAN/control': control });
    await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', staged, file]);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
  return file;
}

/** An .rpm with these files, as rpmbuild builds it. */
export async function makeRpm(root: string, to: string, name: string): Promise<string> {
  const top = await mkdtemp(join(tmpdir(), 'kc-rpm-'));
  try {
    const spec = `Name: ${name}
Version: 1
Release: 1
Summary: test
License: GPL
%define _build_id_links none
%define __os_install_post %{nil}
AutoReqProv: no
%description
test
%install
cp -a ${root}/. %{buildroot}/
%files
/*
`;
    await writeFile(join(top, 'test.spec'), spec);
    const defines = ['--define', `_topdir ${top}`, '--define', '_binary_payload w1.gzdio', '--target', 'x86_64'];
    await execa('rpmbuild', ['-bb', ...defines, join(top, 'test.spec')]);
    const [made = ''] = await readdir(join(top, 'RPMS/x86_64'));
    await cp(join(top, 'RPMS/x86_64', made), join(to, basename(made)));
    return join(to, basename(made));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/** Such an archive as makepkg (`.pkg.tar.zst`) and `make tarzst-pkg` write. */
export async function makeArchive(root: string, to: string, name: string): Promise<string> {
  await execa('bsdtar', ['-c', '-a', '-f', join(to, name), '-C', root, ...(await readdir(root))]);
  return join(to, name);
}
