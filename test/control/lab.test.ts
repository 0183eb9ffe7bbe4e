// The labs as a shell sees them, and that nothing of them is left. A lab's end is the end of all who hold its stderr:
// a process left behind would keep these tests waiting.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LABS } from '../../control/lab/labs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

const MAIN = fileURLToPath(new URL('../../dist/control/lab/main.js', import.meta.url));

interface LabProcess {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
  interrupt(): void;
}

/** Runs the labs' main, with temporary files in `folder`. */
function spawnLab(folder: string, ...args: readonly string[]): LabProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  return { stdout: () => stdout, stderr: () => stderr, ended, interrupt: () => child.kill('SIGINT') };
}

describe('npm run lab', () => {
  it('lists the labs', async () => {
    const lab = spawnLab(await temporaryFolder());
    expect(await lab.ended).toBe(0);
    for (const { name, summary } of LABS)
      expect(lab.stdout()).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'));
  });

  it('lists them for programs', async () => {
    const lab = spawnLab(await temporaryFolder(), '--json');
    await lab.ended;
    expect(JSON.parse(lab.stdout()).map(({ name }: { name: string }) => name)).toEqual(LABS.map(({ name }) => name));
  });

  it.each([
    ['an unknown name', 'crush', /^zpeople: "crush" is no lab; there are cluster, crash, .*\n$/],
    ['an unknown flag', '--fast', /^zpeople: unknown option '--fast'; see "npm run lab -- --help"\n$/],
  ])('refuses %s in one line', async (_, argument, line) => {
    const lab = spawnLab(await temporaryFolder(), argument);
    expect(await lab.ended).toBe(2);
    expect(lab.stdout()).toBe('');
    expect(lab.stderr()).toMatch(line);
  });

  it('runs one: its story on stderr, its findings on stdout, and nothing left', async () => {
    const folder = await temporaryFolder();
    const lab = spawnLab(folder, 'crash', '--quick', '--json');
    expect(await lab.ended).toBe(0);
    const run = JSON.parse(lab.stdout());
    expect(run).toMatchObject({ lab: 'crash', source: expect.stringContaining('674'), figures: { requests: 1_600 } });
    expect(run.figures.crashes).toBeGreaterThan(0);
    expect(run.why).toHaveLength(5);
    expect(lab.stderr()).toContain('workers killed');
    expect(await readdir(folder)).toEqual([]);
  });

  it('cleans up when it is interrupted, also what it hung', async () => {
    const folder = await temporaryFolder();
    const lab = spawnLab(folder, 'isolation', '--quick');
    await waitFor('the hung shard', () => lab.stdout().includes('the router knows'), 20_000);
    lab.interrupt();
    expect(await lab.ended).toBe(1);
    expect(lab.stderr()).toBe('zpeople: isolation was interrupted\n');
    expect(await readdir(folder)).toEqual([]);
  });
});
