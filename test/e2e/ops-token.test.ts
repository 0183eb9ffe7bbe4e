// The operators' secret: it opens every ops port of the system, and no process that `start` made shows it.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { RunningSystem } from '../helpers/running-system.ts';

const TOKEN = '-open,sesame=42 é';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.open({ flags: [`--ops-token=${TOKEN}`] });
});
afterAll(() => system?.close());

it('stands in no arguments of a child, nor in the environment of its workers', async () => {
  const pids = await system.processes();
  expect(pids).toHaveLength(4 + 1 + 3 * 2);
  let informed = 0;
  for (const pid of pids) {
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('sesame');
    if ((await readFile(`/proc/${pid}/environ`, 'utf8')).includes('sesame')) informed++;
  }
  expect(informed).toBe(4);
});

it('opens the ops ports of the router and of the instances, with every command', async () => {
  const remote = ['--ops-url', system.opsUrl, `--ops-token=${TOKEN}`];
  const status = await runCli(['status', '--json', ...remote]);
  const { pools } = JSON.parse(status.stdout);
  for (const opsUrl of [system.opsUrl, pools[0].instances[0].opsUrl]) {
    expect((await fetch(`${opsUrl}/status`)).status).toBe(401);
  }
  expect(await runCli(['scale', 'E-P', '1', ...remote])).toMatchObject({ code: 0, stdout: 'E-P has 1 worker now\n' });
  expect(await runCli(['reload', 'E-P', ...remote])).toMatchObject({ code: 0 });
  const variables = { ZPEOPLE_OPS_URL: system.opsUrl, ZPEOPLE_OPS_TOKEN: TOKEN };
  expect(await runCli(['status'], variables)).toMatchObject({ code: 0, stderr: '' });
});

it.each([['status'], ['status', '--watch'], ['scale', 'E-P', '2'], ['reload']])(
  'is asked of who lacks it: %s %s %s',
  async (...args) => {
    const { code, stderr } = await runCli([...args.filter(Boolean), '--ops-url', system.opsUrl]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^zpeople: .*--ops-token.*\n$/)]);
  },
);
