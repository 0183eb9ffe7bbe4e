// What a router makes of everything an agent may answer. A fake agent plays it; consul-agent.test.ts has the real one.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../registry/announcement.ts';
import { createConsulWatcher } from '../../registry/consul-watcher.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from './announcements.ts';
import { type AtEnd, type FakeConsul, json, type Play, services, startFakeConsul, text } from './consul-fake.ts';
import { recordedLog } from './recorded-log.ts';

const a1 = announcement({ id: 'a-1' });
const e1 = announcement({ id: 'e-1', range: 'E-P', url: 'http://127.0.0.1:4002' });

async function watchFake(atEnd: AtEnd, { waitMs = 10_000, host = '127.0.0.1' } = {}) {
  const consul = await startFakeConsul(atEnd, host);
  const { log, messages } = recordedLog();
  const watcher = createConsulWatcher({ registry: consul.registry, log, waitMs });
  atEnd(() => watcher.close());
  const seen: (readonly Announcement[])[] = [];
  watcher.watch((instances) => seen.push(instances));
  const seenTimes = (n: number): Promise<unknown> => waitFor(`${n} lists of instances`, () => seen.length >= n);
  return { consul, watcher, messages, seen, seenTimes };
}

/** Plays answers to the queries from the n-th on, each when it is asked. */
async function play(consul: FakeConsul, from: number, plays: readonly Play[]): Promise<void> {
  for (const [i, next] of plays.entries()) {
    await consul.query(from + i);
    consul.answerQuery(next);
  }
}

describe.concurrent('the query', () => {
  it('asks for passing instances, newer than the last index, and waits', async ({ onTestFinished }) => {
    const { consul, seenTimes } = await watchFake(onTestFinished);
    consul.answerQuery(services(41, a1));
    expect(Object.fromEntries(await consul.query(2))).toEqual({ passing: 'true', index: '41', wait: '10000ms' });
    expect((await consul.query(1)).get('index')).toBe('0');
    await seenTimes(1);
  });

  it('reaches an agent at an IPv6 address', async ({ onTestFinished }) => {
    const { consul, seen, seenTimes } = await watchFake(onTestFinished, { host: '::1' });
    consul.answerQuery(services(1, a1));
    await seenTimes(1);
    expect(seen).toEqual([[a1]]);
  });
});

describe.concurrent('instances', () => {
  it('come whole at each change', async ({ onTestFinished }) => {
    const { consul, seen, seenTimes } = await watchFake(onTestFinished);
    await play(consul, 1, [services(1), services(2, a1), services(3, a1, e1), services(4, e1)]);
    await seenTimes(4);
    expect(seen).toEqual([[], [a1], [a1, e1], [e1]]);
  });

  it('come again when only a fact changed', async ({ onTestFinished }) => {
    const { consul, seen, seenTimes } = await watchFake(onTestFinished);
    const reloaded = { ...a1, dataset: 'd2' };
    await play(consul, 1, [services(1, a1), services(2, reloaded)]);
    await seenTimes(2);
    expect(seen).toEqual([[a1], [reloaded]]);
  });

  it('do not come again when nothing changed, whatever the index and the order', async ({ onTestFinished }) => {
    const { consul, seen, seenTimes } = await watchFake(onTestFinished);
    await play(consul, 1, [services(1, a1, e1), services(2, e1, a1), services(3, a1, e1), services(4, e1)]);
    await seenTimes(2);
    expect(seen).toEqual([[a1, e1], [e1]]);
  });

  it('that make no sense are refused one by one, and told of once', async ({ onTestFinished }) => {
    const { consul, seen, seenTimes, messages } = await watchFake(onTestFinished);
    const odd = { ...a1, id: 'odd', url: 'ftp://x' };
    await play(consul, 1, [services(1, odd, e1), services(2, odd), services(3, odd, e1)]);
    await seenTimes(3);
    expect(seen).toEqual([[e1], [], [e1]]);
    expect(messages).toEqual([
      `service odd of registry ${consul.registry} is refused: URL "ftp://x" is not what an announcement needs`,
    ]);
  });
});

describe.concurrent('an odd index', () => {
  it('that goes backwards starts the query anew; what came with it counts', async ({ onTestFinished }) => {
    const { consul, seen } = await watchFake(onTestFinished);
    await play(consul, 1, [services(90, a1), services(4, e1)]);
    expect((await consul.query(3)).get('index')).toBe('0');
    expect(seen).toEqual([[a1], [e1]]);
  });

  it.for([0, '-1', 'x', null])('%j is none: the query starts anew, slowly', async (index, { onTestFinished }) => {
    const { consul } = await watchFake(onTestFinished);
    const startedAt = performance.now();
    await play(consul, 1, [services(90, a1), services(index, a1)]);
    expect((await consul.query(3)).get('index')).toBe('0');
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  it('that stays, answered at once over and over, makes no busy loop', async ({ onTestFinished }) => {
    const { consul } = await watchFake(onTestFinished);
    for (let i = 0; i < 50; i++) consul.answerQuery(services(7, a1));
    await consul.query(2);
    await sleep(1_500);
    expect(consul.requests.length).toBeLessThanOrEqual(4);
  });
});

describe.concurrent('a failure', () => {
  it.for<readonly [string, Play, RegExp]>([
    ['400, where the package would stop for good', text(400, 'bad index'), /answered 400: bad index/],
    ['403', text(403, 'Permission denied'), /answered 403: Permission denied/],
    ['429', text(429, 'Too many', { 'Retry-After': '1' }), /answered 429/],
    ['500 without a leader', text(500, 'No cluster leader'), /answered 500: No cluster leader/],
    ['a proxy’s page', text(502, '<html><h1>Bad Gateway</h1></html>'), /answered 502\)/],
    ['JSON that is none', (res) => res.setHeader('Content-Type', 'application/json').end('[{"Service":'), /JSON/],
    ['text instead of JSON', text(200, 'hello'), /answered 200 with no list/],
    ['an object instead of a list', json(200, {}), /answered 200 with no list/],
    ['null', json(200, null), /answered 200 with no list/],
    ['nothing', (res) => void res.end(), /answered 200 with no list/],
    ['a reset', (res) => void res.destroy(), /hang up|ECONNRESET/],
    ['no HTTP', (res) => void res.socket?.end('hello\r\n\r\n'), /Parse Error/],
    [
      'a body that breaks off',
      (res) => void res.writeHead(200, { 'Content-Length': 9 }).write('[', () => res.destroy()),
      /broke off/,
    ],
  ])(
    '%s: what was known stays, and the watch goes on from the present',
    async ([_, failure, reason], { onTestFinished }) => {
      const { consul, seen, seenTimes, messages } = await watchFake(onTestFinished);
      await play(consul, 1, [services(5, a1), failure]);
      expect((await consul.query(3)).get('index')).toBe('0');
      expect(seen).toEqual([[a1]]);
      consul.answerQuery(services(2, a1, e1));
      await seenTimes(2);
      expect(seen).toEqual([[a1], [a1, e1]]);
      expect(messages).toEqual([expect.stringMatching(reason), `registry ${consul.registry} is back`]);
    },
  );

  it('that lasts is asked after ever more rarely, and told of once', async ({ onTestFinished }) => {
    const { consul, messages } = await watchFake(onTestFinished);
    for (let i = 0; i < 9; i++) consul.answerQuery(text(500, 'No cluster leader'));
    await consul.query(3);
    await sleep(1_000);
    expect(consul.requests).toHaveLength(3);
    expect(messages).toHaveLength(1);
  });

  it('of an agent that takes the query and never answers ends with the time limit', async ({ onTestFinished }) => {
    const { consul, seenTimes, messages } = await watchFake(onTestFinished, { waitMs: 100 });
    await consul.query(2); // the first was left without an answer
    consul.answerQuery(() => {}); // goes to the first
    consul.answerQuery(services(1, a1));
    await seenTimes(1);
    expect(messages).toEqual([expect.stringMatching(/timed out/), `registry ${consul.registry} is back`]);
  });
});

describe.concurrent('an end', () => {
  it('comes at once, in the middle of a query', async ({ onTestFinished }) => {
    const { consul, watcher, seen } = await watchFake(onTestFinished);
    await consul.query(1);
    const startedAt = performance.now();
    await watcher.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    consul.answerQuery(services(1, a1));
    await sleep(50);
    expect(seen).toEqual([]);
  });

  it('comes at once, between two tries', async ({ onTestFinished }) => {
    const { consul, watcher } = await watchFake(onTestFinished);
    for (let i = 0; i < 3; i++) consul.answerQuery(text(500, ''));
    await consul.query(2);
    const startedAt = performance.now();
    await watcher.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(consul.requests).toHaveLength(2);
  });
});
