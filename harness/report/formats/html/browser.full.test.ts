/** The page in a real browser, used as people use it. Part of npm run test:full, which installs the browser. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recordOf } from '../../sample-run.ts';
import { ATTACKS, hostileRun } from '../hostile-run.test-support.ts';
import { bigRun } from './big-run.test-support.ts';
import { type Browser, startBrowser } from './browser.test-support.ts';
import { html } from './html.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.[Symbol.asyncDispose]());

const detail = () => browser.page.locator('#detail');
const button = (name: string) => browser.page.getByRole('button', { name, exact: true });
const focused = () =>
  browser.page
    .locator(':focus')
    .getAttribute('aria-label')
    .then((label) => label ?? '');
const shownCells = () => browser.page.locator('#matrix button:visible').count();

/** For the browser: each element that has text, the text's colour, and the colour behind it. */
const TEXTS = `(() => {
  const behind = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const colour = getComputedStyle(element).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : colour;
  };
  return [...document.querySelectorAll('body *:not(script, style, noscript *)')]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .map((one) => [one.outerHTML.slice(0, 80), getComputedStyle(one).color, behind(one)]);
})()`;

/** Red, green and blue of a colour as the browser tells it, 0 to 255. */
const rgb = (text: string) => [...text.matchAll(/[\d.]+/g)].slice(0, 3).map(([number]) => Number(number));

async function openSample(): Promise<void> {
  await browser.open('<!doctype html>');
  await browser.page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  await browser.open(html(await recordOf()));
}

describe('a cell of the sample', () => {
  beforeEach(openSample);

  test('a click opens what is behind a cell: reason, differences, splat, console, how to run it again', async () => {
    await button('FAIL: bpffs/delegate-options on 6.12.57+deb12-cloud-amd64').click();
    await detail()
      .getByRole('heading', { name: /^FAIL\s*bpffs\/delegate-options on 6\.12\.57/ })
      .waitFor();
    expect(await detail().locator('tbody tr').first().locator('td').allTextContents()).toEqual([
      'negative.errno',
      'FAIL',
      "'EINVAL'",
      "'EPERM'",
    ]);
    expect(await detail().locator('tbody tr').first().locator('mark').allTextContents()).toEqual(['INVAL', 'PERM']);
    expect(await detail().locator('pre span.splat').allTextContents()).toEqual([
      '[   12.345678] WARNING: CPU: 0 PID: 71 at kernel/bpf/inode.c:612 bpf_free_inode+0x6e/0x80',
      '[   12.345701] Call Trace:',
      '[   12.345710]  <IRQ>',
    ]);
    await detail().getByRole('button', { name: 'First splat in the console' }).click();
    expect(await detail().locator('dd.command').textContent()).toBe(
      'npx kconform run bpffs/delegate-options --kernel 6.12.57',
    );
    await detail().getByText('What the scenario did').click();
    expect(await detail().getByText('$ mount -t bpf -o uid=1 bpffs /mnt').isVisible()).toBe(true);
  });

  test('by the keyboard alone: into the matrix, to a cell, in, on to the next, and back', async () => {
    const { keyboard } = browser.page;
    await keyboard.press('/');
    await keyboard.type('bpffs');
    await keyboard.press('Escape');
    while (!(await focused()).includes(' on ')) await keyboard.press('Tab');
    await keyboard.press('End');
    const first = await focused();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    expect(await focused()).toBe(first);
    while (!(await focused()).startsWith('ERROR')) await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await detail()
      .getByRole('heading', { name: /ERROR\s*bpffs\/hangs/ })
      .waitFor();
    await keyboard.press('p');
    await detail()
      .getByRole('heading', { name: /FAIL\s*bpffs\/delegate-options/ })
      .waitFor();
    await keyboard.press('Escape');
    expect(await detail().isVisible()).toBe(false);
    expect(await focused()).toBe('FAIL: bpffs/delegate-options on 6.12.57+deb12-cloud-amd64');
  });

  test('a link leads to a cell', async () => {
    await button('ERROR: bpffs/hangs on 6.12.57+deb12-cloud-amd64').click();
    await detail().getByRole('heading').first().waitFor();
    const address = browser.page.url();
    await browser.page.goto('about:blank');
    await browser.page.goto(address);
    await detail()
      .getByRole('heading', { name: /ERROR\s*bpffs\/hangs/ })
      .waitFor();
  });
});

describe('the matrix of the sample', () => {
  beforeEach(openSample);

  test('filters by case, kernel, verdict', async () => {
    const form = browser.page.locator('#filters');
    await form.getByRole('searchbox', { name: 'Case' }).fill('token');
    expect(await browser.page.locator('#matrix tbody th:visible').allTextContents()).toEqual([
      'token/delegation-in-userns',
    ]);
    await form.getByRole('searchbox', { name: 'Case' }).fill('');
    await form.getByRole('searchbox', { name: 'Kernel' }).fill('6.12.43');
    expect(await shownCells()).toBe(1);
    expect(await form.locator('#shown').textContent()).toBe('6 of 6 cases, 1 of 2 kernels');
    await form.getByRole('searchbox', { name: 'Kernel' }).fill('');
    for (const verdict of ['PASS', 'XFAIL', 'XPASS', 'SKIP', 'ERROR'])
      await form.getByLabel(new RegExp(`^.? ?${verdict} \\d`)).uncheck();
    expect(
      await browser.page.locator('#matrix button:visible').evaluateAll((all) => all.map((one) => one.ariaLabel)),
    ).toEqual(['FAIL: bpffs/delegate-options on 6.12.57+deb12-cloud-amd64']);
  });

  test('without colour every verdict has its own sign, and a word for screen readers', async () => {
    await browser.page.emulateMedia({ forcedColors: 'active' });
    const told = await browser.page
      .locator('#matrix button')
      .evaluateAll((all) => all.map((one) => [one.textContent, one.ariaLabel?.split(':')[0]]));
    expect(new Set(told.map(([sign]) => sign)).size).toBe(6);
    expect(told.map(([, word]) => word).sort()).toEqual(['ERROR', 'FAIL', 'PASS', 'SKIP', 'XFAIL', 'XPASS']);
  });

  test.each(['light', 'dark'] as const)(
    '%s: every text stands out from what is behind it (WCAG AA)',
    async (scheme) => {
      await browser.page.emulateMedia({ colorScheme: scheme });
      await button('FAIL: bpffs/delegate-options on 6.12.57+deb12-cloud-amd64').click();
      await detail().getByRole('heading').first().waitFor();
      const texts = z.array(z.tuple([z.string(), z.string(), z.string()])).parse(await browser.page.evaluate(TEXTS));
      const dark = rgb(texts[0]?.[2] ?? '').every((part) => part < 80);
      expect(dark).toBe(scheme === 'dark');
      expect(texts.length).toBeGreaterThan(50);
      expect(texts.filter(([, ink, paper]) => contrast(rgb(ink), rgb(paper)) < 4.5)).toEqual([]);
    },
  );

  test('it asks nothing of a network, and no script of it fails', () => {
    expect(browser.complaints).toEqual([]);
  });
});

test('what guests say stays text, in the matrix and behind each cell', async () => {
  await browser.open(html(await recordOf(hostileRun)));
  expect(await shownCells()).toBe(ATTACKS.length);
  for (const cell of await browser.page.locator('#matrix button').all()) {
    const name = (await cell.getAttribute('aria-label')) ?? '';
    await cell.click();
    await detail()
      .getByRole('heading', { name: name.split(' on ')[0]?.split(': ')[1] ?? '' })
      .first()
      .waitFor();
    expect(await detail().locator('script, img, a, iframe, object').count()).toBe(0);
  }
  expect(await browser.page.evaluate("'attacked' in window")).toBe(false);
  expect(await browser.page.locator('h1').allTextContents()).toEqual(['kconform']);
  expect(browser.complaints).toEqual([]);
});

test('a script that got in all the same would not run', async () => {
  const page = html(await recordOf()).replace('</main>', '<script>window.attacked = 1</script></main>');
  await browser.open(page.replace('<main>', '<main><img src="x" onerror="window.attacked = 1">'));
  await button('PASS: bpffs/mount-owner on 6.12.57+deb12-cloud-amd64').click();
  await detail().getByRole('heading').first().waitFor();
  expect(await browser.page.evaluate("'attacked' in window")).toBe(false);
});

test('a page of 40 kernels, 60 cases and their consoles has an element or two for each cell when it opens', async () => {
  const page = html(bigRun(60, 40));
  await browser.open('<!doctype html>');
  const before = browser.rendererSeconds();
  await browser.open(page);
  await browser.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  const seconds = browser.rendererSeconds() - before;
  const elements = await browser.page.evaluate("document.getElementsByTagName('*').length");
  const cells = await shownCells();
  console.info(`${elements} elements; ${(page.length / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s of CPU`);
  expect(cells).toBe(2400);
  expect(elements).toBeLessThan(3 * cells);
});

function contrast(one: readonly number[], other: readonly number[]): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
