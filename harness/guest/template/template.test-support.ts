import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { buildInitramfs } from '../initramfs/initramfs.ts';
import { emulated } from '../qemu/machine.test-support.ts';
import type { TemplateInputs } from './template-key.ts';

export interface TemplateSetting {
  /** A folder for the templates of one file of tests. */
  readonly folder: string;
  readonly inputs: TemplateInputs;
}

/** To be called at the top of a file of tests: what it returns can be used in them. */
export function templateSetting(): TemplateSetting {
  let folder = '';
  let inputs: TemplateInputs | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kc-templates-'));
    const kernel = await resolveKernel('6.12');
    const initramfs = await buildInitramfs({ cache: await ensureFolder(cachePath('initramfs')) });
    inputs = {
      spec: emulated(kernel, initramfs),
      kernelSha256: kernel.sha256,
      initramfsSha256: initramfs.sha256,
      qemu: 'under test',
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    get inputs() {
      if (inputs === undefined) throw new TypeError('used before the tests');
      return inputs;
    },
  };
}
