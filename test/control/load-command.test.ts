// `zpeople load` as a shell sees it.

import { describe, expect, it } from 'vitest';
import { runCli, spawnCli } from '../helpers/cli.ts';
import { openDoor } from '../helpers/listening.ts';
import { waitFor } from '../helpers/wait-for.ts';

const SERVED = { Shard: 'E-P', 'Served-By': 'e-p-1/42', 'Cache-Status': 'people-router; fwd=request' };

describe('zpeople load', () => {
  it('prints a report to stdout, and on stderr how it goes', async () => {
    const { url } = await openDoor((_req, res) => res.writeHead(200, SERVED).end('{}'));
    const { code, stdout, stderr } = await runCli(['load', '--url', url, '--duration', '1100ms', '--rate', '20']);
    expect(code).toBe(0);
    expect(stdout).toContain('200: 22 (100 %)');
    expect(stdout).toMatch(/^ {2}E-P {4}e-p-1 +42 +22 +100 %/m);
    expect(stdout).not.toContain('\x1b');
    expect(stderr).toMatch(/^load: 1 of 1 s · \d+ answers\/s · p99 .* · 0 failed\n$/);
  });

  it('prints JSON for programs', async () => {
    const { url } = await openDoor((_req, res) => res.writeHead(200, SERVED).end('{}'));
    const args = ['--duration', '200ms', '--rate', '50', '--connections', '2', '--letter', 's', '--no-cache', '--json'];
    const { stdout } = await runCli(['load', '--url', url, ...args]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ url, hot: 'S', rate: 50, connections: 2, isFresh: true, answered: 10, statuses: { 200: 10 } },
      workers: [{ instance: 'e-p-1', pid: '42', range: 'E-P', answers: 10, share: 1 }],
    });
  });

  it('takes its switch from the environment too', async () => {
    const { url } = await openDoor((req, res) => res.end(req.headers['cache-control']));
    const args = ['load', '--url', url, '--duration', '50ms', '--json'];
    const reports = [{}, { ZPEOPLE_NO_CACHE: '1' }, { ZPEOPLE_NO_CACHE: '0' }].map((variables) =>
      runCli(args, variables),
    );
    expect((await Promise.all(reports)).map(({ stdout }) => JSON.parse(stdout).isFresh)).toEqual([false, true, false]);
  });

  it('says in one line that nothing is there', async () => {
    const { code, stdout, stderr } = await runCli(['load', '--url', 'http://127.0.0.1:1']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^zpeople: nothing answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\): .*\n$/);
  });

  it('fails when nothing answered', async () => {
    const { url } = await openDoor((req, res) => (req.url === '/' ? res.end() : req.socket.destroy()));
    const { code, stdout, stderr } = await runCli(['load', '--url', url, '--duration', '200ms']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +\d+ +ECONNRESET: \d+/);
    expect(stderr).toMatch(/answered nothing\n$/);
  });

  it('ends early on Ctrl-C, with the report of what was done', async () => {
    let requests = 0;
    const { url } = await openDoor((_req, res) => {
      requests++;
      res.end();
    });
    const load = spawnCli(['load', '--url', url, '--duration', '5m', '--json']);
    await waitFor('the load', () => requests > 10);
    load.signal('SIGINT');
    const { code, stdout } = await load.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ answered: requests - 1, failed: 0 }); // one asked whether it is there
  });

  it.each([
    ['--hot and --letter', ['--hot', 'E-P', '--letter', 'S'], /--hot and --letter exclude each other/],
    ['too long', ['--duration', '11m'], /--duration .* '11m' .* at most 10m/],
    ['too many', ['--connections', '1001'], /--connections .* '1001' .* from 1 to 1000/],
    ['no letter', ['--letter', 'AB'], /--letter .* 'AB' .* one letter, A to Z/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await runCli(['load', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
