/** What can be tested without a room. The rooms themselves are part of npm run test:nightly. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test('is skipped, with the reason, where no chroot can be made', async () => {
  const script = ['--import', 'tsx', at('clean-room.ts'), 'trixie'];
  const env = { PATH: '/nowhere' }; // no debootstrap, if we are root
  const result = await execa(process.execPath, script, { cwd: at('../..'), env, reject: false });
  expect(result.stdout).toMatch(
    /^skipped: clean-room trixie: (only root can make a chroot|debootstrap not found \(.*\))\n0 passed, 0 failed, 1 skipped$/,
  );
  expect(result.exitCode).toBe(0);
});

test.each([[[]], [['buster']], [['trixie', '--out']], [['trixie', '--to', '/tmp']]])(
  '%j is a usage error',
  async (words) => {
    const result = await execa('bash', [at('../clean-room'), ...words], { reject: false });
    expect(result.stderr).toBe('usage: bash ci/clean-room bookworm|trixie [--out FOLDER]');
    expect(result.exitCode).toBe(2);
  },
);
