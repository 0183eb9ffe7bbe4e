import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type FlagSet, toArguments, toOption, toVariables, variableOf } from '../../control/flag.ts';
import { ROUTER_FLAGS, SEED_FLAGS, SHARD_FLAGS, START_FLAGS } from '../../control/flags.ts';

const SETS: readonly (readonly [string, FlagSet])[] = Object.entries({
  seed: SEED_FLAGS,
  shard: SHARD_FLAGS,
  router: ROUTER_FLAGS,
  start: START_FLAGS,
});

describe('the flags', () => {
  it.each(SETS)('of %s have names of their own, and defaults their own parser takes', (_, flags) => {
    const all = Object.values(flags);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { kind, initial } of all) {
      if (kind && initial !== null && initial !== undefined) expect(kind.parse(kind.format(initial))).toEqual(initial);
    }
  });

  it('are named in the environment after the product', () => {
    expect(variableOf({ name: 'attempt-timeout' })).toBe('ZPEOPLE_ATTEMPT_TIMEOUT');
  });
});

describe('toArguments', () => {
  it('writes every value out, so that a child depends on no default and no environment', () => {
    const values = { ...defaultsOf(SHARD_FLAGS), port: 4001, id: 'e-p-1', graceMs: 1_500 };
    const args = toArguments(SHARD_FLAGS, values);
    expect(args).toEqual(expect.arrayContaining(['--port', '4001', '--id', 'e-p-1', '--grace', '1500ms']));

    const child = new Command();
    for (const flag of Object.values<FlagSet[string]>(SHARD_FLAGS)) child.addOption(toOption(flag));
    child.parse(args, { from: 'user' });
    expect(child.opts()).toMatchObject({ port: 4001, id: 'e-p-1', grace: 1_500, data: 'data', logLevel: 'info' });
  });

  it('leaves secrets to the environment, where ps does not show them', () => {
    const values = { ...defaultsOf(SHARD_FLAGS), opsToken: 'open sesame' };
    expect(toArguments(SHARD_FLAGS, values).join(' ')).not.toContain('sesame');
    expect(toVariables(SHARD_FLAGS, values)).toEqual({ ZPEOPLE_OPS_TOKEN: 'open sesame' });
    expect(toVariables(SHARD_FLAGS, defaultsOf(SHARD_FLAGS))).toEqual({});
  });

  it('leaves out what was left out', () => {
    expect(toArguments(SHARD_FLAGS, defaultsOf(SHARD_FLAGS))).not.toContain('--advertise');
    expect(toArguments(SEED_FLAGS, defaultsOf(SEED_FLAGS))).not.toContain('--skip-invalid');
    expect(toArguments(SEED_FLAGS, { ...defaultsOf(SEED_FLAGS), skipInvalid: true })).toContain('--skip-invalid');
  });
});
