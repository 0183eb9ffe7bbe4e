// `npm run screenshots`: docs/images/console-*.png anew, of a demo under load, with a system and data of its own.
// The pictures show what a visitor of `npm start -- --demo` sees: a hot range that grows, a killed worker's replacement.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const images = join(root, 'docs/images');
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const executablePath = process.env.PATH.split(delimiter)
  .flatMap((folder) => browsers.map((name) => join(folder, name)))
  .find(existsSync);
if (!executablePath) fail('screenshots: no Chromium on the PATH');

const desktop = { width: 1440, height: 1010 };
const phone = { width: 390, height: 1500 };
const quietMs = 25_000;
const loadedMs = 8_000;

const data = await mkdtemp(join(tmpdir(), 'zpeople-screenshots-'));
const system = spawn(
  process.execPath,
  [join(root, 'dist/control/main.js'), 'start', '--demo', '--port', '0', '--ops-port', '0', '--data', data],
  { stdio: ['ignore', 'pipe', 'ignore'] },
);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  const url = await readyUrl();
  const page = await browser.newPage({ viewport: desktop, colorScheme: 'light' });
  await page.goto(url);
  await page.locator('#pool-cards article').first().waitFor();
  await sleep(quietMs);
  await page.getByRole('button', { name: 'Load 20 s of requests for E–P' }).click();
  await sleep(loadedMs);
  await page.getByRole('button', { name: 'Kill one worker of E–P' }).click();
  await page.locator('.event', { hasText: 'killed by SIGKILL' }).first().waitFor();
  await page.locator('.event', { hasText: 'is ready' }).first().waitFor();
  await page.mouse.move(0, 0);
  await sleep(3_000);

  await mkdir(images, { recursive: true });
  await take(page, 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'dark');
  await page.setViewportSize(phone);
  await take(page, 'phone-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, 'phone-light');
} finally {
  await browser.close();
  system.kill('SIGTERM');
  await new Promise((resolve) => system.once('exit', resolve));
  await rm(data, { recursive: true, force: true });
}

async function take(page, name) {
  await sleep(600); // colours fade from one theme to the other
  await page.screenshot({ path: join(images, `console-${name}.png`) });
  process.stdout.write(`docs/images/console-${name}.png\n`);
}

/** Resolves with the ops URL of the `ready` line. */
function readyUrl() {
  return new Promise((resolve, reject) => {
    createInterface({ input: system.stdout }).on('line', (line) => {
      const [, opsUrl] = / ops (\S+)/.exec(line) ?? [];
      if (opsUrl) resolve(opsUrl);
    });
    system.once('exit', (code) => reject(new Error(`the system ended with ${code}`)));
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
