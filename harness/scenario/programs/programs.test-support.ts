import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import type { ScenarioFolder } from '../forms/forms.test-support.ts';

/**
 * An empty cache for the tests of a file, in which no newer kernel headers can be had: the host's are used. To be called at the
 * top of a file of tests.
 */
export function ownCache(folder: ScenarioFolder): void {
  beforeAll(async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder.path, 'cache'));
    const headers = join(folder.path, 'cache/kconform/headers');
    await mkdir(headers, { recursive: true });
    await writeFile(join(headers, 'failed'), 'none for this test'); // a download that failed is not tried again at once
  });
  afterAll(() => vi.unstubAllEnvs());
}
