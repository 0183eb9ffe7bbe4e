// The token: the console's files are open, all they show is not.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CliProcess, spawnCli } from '../helpers/cli.ts';
import { describeInBrowser, launchBrowser, visit } from './browser.ts';

/** A router with nobody behind it; nobody's child, so that nobody would grant the wishes of a demo. */
let router: CliProcess;
let opsUrl: string;
beforeAll(async () => {
  router = spawnCli(['router', '--port', '0', '--ops-port', '0', '--ops-token', 's3cret', '--demo']);
  await router.ready();
  opsUrl = / ops (\S+)/.exec(router.stdout())![1]!;
});
afterAll(() => router?.stop());

const AUTHORIZATION = { Authorization: 'Bearer s3cret' };

describeInBrowser('a console with a token', () => {
  it('asks for it, once per tab', async () => {
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const { page, log } = await visit(browser, opsUrl);
    const dialog = page.getByRole('dialog', { name: 'Token' });
    await dialog.getByText('This port needs the token').waitFor();
    expect(log).toEqual([]);

    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('did not accept that token').waitFor();

    await page.getByLabel('Ops token').fill('s3cret');
    await page.getByRole('button', { name: 'Open the console' }).click();
    await page.locator('body[data-link=live]').waitFor();
    expect(await dialog.count()).toBe(0);

    await page.reload();
    await page.locator('body[data-link=live]').waitFor();
    expect(await dialog.count()).toBe(0);
  });
});

describe('the files of the console', () => {
  it('are open where everything else needs the token, and allow nothing inline or from elsewhere', async () => {
    for (const path of ['/', '/console/main.js', '/console/uplot.js', '/console/settings.json']) {
      const response = await fetch(opsUrl + path);
      await response.text();
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none';script-src 'self';style-src 'self';/,
      );
    }
    for (const path of ['/status', '/events', '/metrics', '/console']) {
      expect([path, (await fetch(opsUrl + path)).status]).toEqual([path, 401]);
    }
    expect((await fetch(`${opsUrl}/console/main.js`, { method: 'POST' })).status).toBe(401);
  });

  it.each(['/console/', '/console/main.ts', '/console/tsconfig.json', '/console/..%2fmain.js'])(
    'are what a browser needs, not %s',
    async (path) => {
      expect((await fetch(opsUrl + path, { headers: AUTHORIZATION })).status).toBe(404);
    },
  );
});

describe('the orders of a demo', () => {
  it('are not there unless it is one', async () => {
    const headers = { ...AUTHORIZATION, 'Content-Type': 'application/json' };
    const response = await fetch(`${opsUrl}/demo/kill`, { method: 'POST', headers, body: '{"range":"A-D"}' });
    expect(response.status).toBe(404);
    expect(await (await fetch(`${opsUrl}/console/settings.json`)).json()).toEqual({ needsToken: true, isDemo: false });
  });
});
