// --access-log as an operator uses it: a JSON line for each request on stderr, from the router and from the shards.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessEntry } from '../../runtime/access-log.ts';
import { getLetter } from '../helpers/people-api.ts';
import { RunningSystem } from '../helpers/running-system.ts';
import { waitFor } from '../helpers/wait-for.ts';

type Line = AccessEntry & { readonly name: string };

const linesOf = ({ start }: RunningSystem): readonly Line[] =>
  (start.logs() as readonly unknown[] as readonly Line[]).filter((entry) => 'servedBy' in entry);

describe('with --access-log', () => {
  let system: RunningSystem;
  beforeAll(async () => {
    system = await RunningSystem.open({ flags: ['--log-level', 'warn'], variables: { ZPEOPLE_ACCESS_LOG: '1' } });
  });
  afterAll(() => system?.close());

  it('each request is a line of the router, and of the shard that answered it', async () => {
    for (const fields of [{ 'X-Request-Id': 'first' }, { 'X-Request-Id': 'second' }]) {
      await (await getLetter(system.url, 'J', { 'Cache-Control': '', ...fields })).text();
    }
    await (await fetch(`${system.url}/nothing?secret`)).text();
    await (await getLetter(system.url, 'AB')).text();
    const lines = await waitFor('five lines', () => (linesOf(system).length >= 5 ? linesOf(system) : null));
    const path = '/api/people/byFirstName/J';
    const common = { method: 'GET', path, status: 200, range: 'E-P' };
    expect(lines.filter(({ name }) => name === 'router')).toMatchObject([
      { ...common, cache: 'miss', requestId: 'first', servedBy: expect.stringMatching(/^e-p-.*\/\d+$/) },
      { ...common, cache: 'hit', requestId: 'second', servedBy: expect.stringMatching(/^router\/\d+$/) },
      { path: '/nothing', status: 404, range: null, cache: null },
      { path: '/api/people/byFirstName/AB', status: 400, range: null, cache: null },
    ]);
    expect(lines.filter(({ name }) => name !== 'router')).toMatchObject([
      { ...common, name: 'shard E-P', cache: null, requestId: 'first' },
    ]);
    for (const { ms } of lines) expect(ms).toBeGreaterThan(0);
  });
});

describe('with --access-log, requests that repeat on a connection', () => {
  it('have a line each, whether a page is kept by the router or asked of the shard', async () => {
    const system = await RunningSystem.open({ flags: ['--access-log'] });
    try {
      for (let i = 0; i < 5; i++) await (await getLetter(system.url, 'J', { 'Cache-Control': '' })).text();
      for (let i = 0; i < 5; i++) await (await getLetter(system.url, 'J')).text();
      const outcomes = (): readonly string[] => linesOf(system).map(({ name, cache }) => `${name} ${cache}`);
      await waitFor('all lines', () => outcomes().length >= 10 + 6);
      expect(outcomes().filter((outcome) => outcome === 'router hit')).toHaveLength(4);
      expect(outcomes().filter((outcome) => outcome === 'router request')).toHaveLength(5);
      expect(outcomes().filter((outcome) => outcome === 'shard E-P null')).toHaveLength(6);
    } finally {
      await system.close();
    }
  });
});

describe('without it', () => {
  it('there is none', async () => {
    const system = await RunningSystem.open({ flags: ['--log-level', 'trace'] });
    try {
      await (await getLetter(system.url, 'J')).text();
      expect(system.start.stderr()).not.toContain('byFirstName');
    } finally {
      await system.close();
    }
  });
});
