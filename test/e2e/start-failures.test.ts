// What `zpeople start` says when it cannot start: one line, exit code 1, no process left.

import { once } from 'node:events';
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Ended, runCli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** The lines that are not logs. */
function saidOf({ stderr }: Ended): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}

async function seeded(): Promise<{ data: string; dataset: string }> {
  const data = await temporaryFolder();
  await runCli(['seed', '--data', data]);
  const { current } = JSON.parse(await readFile(join(data, 'catalog.json'), 'utf8'));
  return { data, dataset: join(data, current) };
}

describe('a taken port', () => {
  it.each(['--port', '--ops-port'])('(%s) is named before anything is seeded', async (flag) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const data = await temporaryFolder();
    const ended = await runCli(['start', '--port', '0', '--ops-port', '0', flag, String(port), '--data', data]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^zpeople: port ${port} on 127.0.0.1 is taken: .* ${flag}\\n$`));
  });
});

describe('bad data', () => {
  const rows: readonly (readonly [string, (data: string, dataset: string) => Promise<void>, RegExp])[] = [
    ['a damaged catalog', (data) => writeFile(join(data, 'catalog.json'), '{'), /catalog\.json is damaged/],
    ['a missing shard file', (_, dataset) => rm(join(dataset, 'E-P.json')), /E-P\.json is missing/],
    ['no shard file at all', (_, dataset) => rm(dataset, { recursive: true }), /\.json is missing/],
    ['a truncated shard file', (_, dataset) => truncate(join(dataset, 'A-D.json'), 5_000), /A-D\.json is damaged/],
    ['a longer shard file', (_, dataset) => appendFile(join(dataset, 'Q-Z.json'), 'x'), /Q-Z\.json is damaged/],
  ];
  it.each(rows)('%s is said in one line', async (_, damage, line) => {
    const { data, dataset } = await seeded();
    await damage(data, dataset);
    const ended = await runCli(['start', '--port', '0', '--ops-port', '0', '--data', data]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(saidOf(ended)).toEqual([expect.stringMatching(line)]);
    expect(saidOf(ended)[0]).toMatch(/^zpeople: .*zpeople seed/);
  });
});
