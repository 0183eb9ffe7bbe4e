import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../control/program.ts';
import { ROUTER_METRICS } from '../../router/ops/metrics.ts';
import { PROCESS_METRICS } from '../../runtime/workers/process-metrics.ts';
import { SHARD_METRICS } from '../../shards/metrics.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const commands = createProgram('1.2.3').commands.filter((command) => command.name() !== 'help');

/** The flags whose row names the command. */
function documentedFlags(name: string): string[] {
  return rows.filter((row) => row[1]!.startsWith('`--') && row[2]!.split(', ').includes(name)).map((row) => row[1]!);
}

function visibleFlags(command: Command): string[] {
  return command.options.filter(({ hidden }) => !hidden).map(({ long }) => `\`${long}\``);
}

describe('the README', () => {
  it('has a row for each command', () => {
    const documented = rows.map((row) => /^`zpeople ([a-z]+)/.exec(row[1]!)?.[1]).filter(Boolean);
    expect(documented.sort()).toEqual(commands.map((command) => command.name()).sort());
  });

  it.each([
    ['router', ROUTER_METRICS],
    ['shard', SHARD_METRICS],
  ])('has a row for each metric of a %s, and no other', (house, definitions) => {
    const own = rows.filter((row) => /^`(?:people|process)_/.test(row[1]!) && row[2]!.split(', ').includes(house));
    const documented = own.flatMap((row) => row[1]!.split(', ').map((name) => name.replaceAll('`', '')));
    expect(documented.sort()).toEqual([...definitions, ...PROCESS_METRICS].map(({ name }) => name).sort());
  });

  it.each(commands.map((command) => [command.name(), command] as const))('has the flags of %s', (name, command) => {
    expect(documentedFlags(name).sort()).toEqual(visibleFlags(command).sort());
  });
});
