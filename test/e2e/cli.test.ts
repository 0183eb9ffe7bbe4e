// The bin as a shell sees it: exit codes, one line where something is wrong, environment behind flags.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../runtime/listen.ts';
import { runCli, spawnCli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

describe('exit codes', () => {
  it.each([
    ['help was asked for', ['--help'], 0],
    ['the version was asked for', ['--version'], 0],
    ['nothing was asked for', [], 2],
    ['an unknown command', ['sttart'], 2],
    ['an unknown flag', ['start', '--prot', '1'], 2],
    ['a bad value', ['start', '--port', 'abc'], 2],
    ['an unknown locale', ['seed', '--locale', 'xx'], 2],
    ['no data to serve', ['shard', 'A-D', '--data', '/nonexistent/folder'], 1],
  ])('%s', async (_, args, code) => {
    expect((await runCli(args)).code).toBe(code);
  });

  it.each([
    [['sttart'], /^zpeople: unknown command 'sttart'/],
    [['start', '--port', 'abc'], /^zpeople: .*--port .*'abc'.* from 0 to 65535\.?\n$/],
    [
      ['shard', 'A-D', '--data', '/nonexistent/folder'],
      /^zpeople: no data in "\/nonexistent\/folder": run "zpeople seed/,
    ],
  ])('what is wrong with %j is one line on stderr, nothing on stdout', async (args, line) => {
    const { stdout, stderr } = await runCli(args);
    expect(stdout).toBe('');
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('has no colours off a terminal', async () => {
    const { stdout, stderr } = await runCli(['seed', '--people', '10', '--data', await temporaryFolder()]);
    expect(stdout + stderr).not.toContain('\x1b');
  });
});

describe('seed', () => {
  it('shows progress on stderr, and on stdout what it made', async () => {
    const data = await temporaryFolder();
    const { code, stdout, stderr } = await runCli(['seed', '--people', '200', '--data', data]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^seeding: \d+ % \(\d+ of 200 people\)$/m);
    expect(stderr).toMatch(/seeding: 100 % \(200 of 200 people\)\n$/);
    expect(stdout).toContain('200');
    for (const range of ['A-D', 'E-P', 'Q-Z']) expect(stdout).toContain(range);
  });

  it('takes flags before variables, and variables before defaults', async () => {
    const data = await temporaryFolder();
    const variables = { ZPEOPLE_PEOPLE: '20', ZPEOPLE_SHARDS: 'A-M,N-Z', ZPEOPLE_DATA: data };
    expect(await runCli(['seed', '--people', '30'], variables)).toMatchObject({ code: 0 });
    const catalog = JSON.parse(await readFile(join(data, 'catalog.json'), 'utf8'));
    expect(catalog).toMatchObject({ layout: ['A-M', 'N-Z'], datasets: [{ people: 30, source: { seed: 42 } }] });
  });
});

describe('a process whose reader leaves', () => {
  it('does not fail for it', async () => {
    const help = spawnCli(['start', '--help']);
    help.closeOutput();
    expect(await help.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('watches no longer', async () => {
    const router = createServer((_req, res) => res.end('{"pools":[]}'));
    onTestFinished(() => void router.close());
    const url = await listen(router, '127.0.0.1', 0);
    const watch = spawnCli(['status', '--watch', '--json', '--ops-url', url]);
    await waitFor('it to watch', () => watch.stdout() === '{"pools":[]}\n'.repeat(2));
    watch.closeOutput();
    expect(await watch.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
