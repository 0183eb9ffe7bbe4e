import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FlagSet } from '../../control/flag.ts';
import { ROUTER_FLAGS, SEED_FLAGS, SHARD_FLAGS, START_FLAGS } from '../../control/flags.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `--'));
const commandsOf = new Map(
  rows.map((row) => {
    const [, name = '', commands = ''] = row.split('|').map((cell) => cell.trim());
    return [name.replaceAll('`', '').slice(2), commands.split(', ')];
  }),
);

describe('the flags in the README', () => {
  const sets: readonly (readonly [string, FlagSet])[] = Object.entries({
    seed: SEED_FLAGS,
    shard: SHARD_FLAGS,
    router: ROUTER_FLAGS,
    start: START_FLAGS,
  });

  it.each(sets)('include those of %s, and no other ones', (command, flags) => {
    const documented = [...commandsOf].filter(([, commands]) => commands.includes(command)).map(([name]) => name);
    expect(documented.sort()).toEqual(
      Object.values(flags)
        .map(({ name }) => name)
        .sort(),
    );
  });
});
