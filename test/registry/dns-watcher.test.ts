// Instances found by DNS, with a name server of the test's own.

import { describe, expect, it } from 'vitest';
import { parseLayout } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import { createNameSource, type SystemLookup } from '../../registry/dns-questions.ts';
import { createDnsWatcher } from '../../registry/dns-watcher.ts';
import { waitFor } from '../helpers/wait-for.ts';
import type { AtEnd } from './consul-fake.ts';
import { startDnsServer, type ZoneEntry } from './dns-server.ts';
import { recordedLog } from './recorded-log.ts';

const AD = 'people-a-d.example';
const EZ = 'people-e-z.example';
const BOTH = { [AD]: { A: ['10.0.0.1'] }, [EZ]: { A: ['10.0.0.2'] } };

async function noSuchName(): Promise<never> {
  throw Object.assign(new Error('not here'), { code: 'ENOTFOUND' });
}

async function watchNames(atEnd: AtEnd, zone: Record<string, ZoneEntry>, systemLookup: SystemLookup = noSuchName) {
  const server = await startDnsServer();
  for (const [name, entry] of Object.entries(zone)) server.zone.set(name, entry);
  const { log, messages } = recordedLog();
  const watcher = createDnsWatcher({
    registry: 'dns://people-{range}.example:3000',
    layout: parseLayout('A-D,E-Z'),
    log,
    source: createNameSource(server.resolver(), systemLookup),
    everyMs: 50,
  });
  const seen: (readonly Announcement[])[] = [];
  watcher.watch((instances) => seen.push(instances));
  atEnd(async () => {
    await watcher.close();
    await server.close();
  });
  /** Ids and ranges of the last list. */
  const last = (): string =>
    seen
      .at(-1)
      ?.map(({ id, range }) => `${range} ${id}`)
      .join(', ') ?? 'none yet';
  const lastIs = (wanted: string): Promise<unknown> => waitFor(`"${wanted}"`, () => last() === wanted);
  /** Resolves when all questions were asked and answered (or not) twice more. */
  const rounds = async (): Promise<void> => {
    const before = server.questions.length;
    await waitFor('two more rounds', () => server.questions.length >= before + 12);
  };
  return { server, watcher, messages, seen, last, lastIs, rounds };
}

describe.concurrent('addresses', () => {
  it('are instances of their range, facts unknown', async ({ onTestFinished }) => {
    const { seen, lastIs } = await watchNames(onTestFinished, BOTH);
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
    expect(seen).toHaveLength(1);
    expect(seen[0]?.[0]).toEqual({
      id: '10.0.0.1:3000',
      range: 'A-D',
      dataset: null,
      epoch: null,
      url: 'http://10.0.0.1:3000',
      opsUrl: null,
    });
  });

  it('of both families count', async ({ onTestFinished }) => {
    const { seen, lastIs } = await watchNames(onTestFinished, {
      ...BOTH,
      [AD]: { A: ['10.0.0.1'], AAAA: ['fd00::5'] },
    });
    await lastIs('A-D 10.0.0.1:3000, A-D [fd00::5]:3000, E-Z 10.0.0.2:3000');
    expect(seen[0]?.[1]?.url).toBe('http://[fd00::5]:3000');
  });

  it('come and go', async ({ onTestFinished }) => {
    const { server, lastIs } = await watchNames(onTestFinished, BOTH);
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
    server.zone.set(AD, { A: ['10.0.0.1', '10.0.0.3'] });
    await lastIs('A-D 10.0.0.1:3000, A-D 10.0.0.3:3000, E-Z 10.0.0.2:3000');
    server.zone.set(AD, { A: ['10.0.0.3'] });
    await lastIs('A-D 10.0.0.3:3000, E-Z 10.0.0.2:3000');
  });

  it('in another order are no change', async ({ onTestFinished }) => {
    const { server, seen, lastIs, rounds } = await watchNames(onTestFinished, {
      ...BOTH,
      [AD]: { A: ['10.0.0.1', '10.0.0.3'] },
    });
    await lastIs('A-D 10.0.0.1:3000, A-D 10.0.0.3:3000, E-Z 10.0.0.2:3000');
    server.zone.set(AD, { A: ['10.0.0.3', '10.0.0.1'] });
    await rounds();
    expect(seen).toHaveLength(1);
  });
});

describe.concurrent('a name that does not exist', () => {
  it('has no instances, which is told; the other ranges keep theirs', async ({ onTestFinished }) => {
    const { server, lastIs, messages } = await watchNames(onTestFinished, BOTH);
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
    server.zone.delete(AD);
    await lastIs('E-Z 10.0.0.2:3000');
    server.zone.set(AD, { A: ['10.0.0.9'] });
    await lastIs('A-D 10.0.0.9:3000, E-Z 10.0.0.2:3000');
    expect(messages).toEqual([`${AD} has no address: DNS knows of nobody who serves A-D`]);
  });

  it('has none either when it has other records only', async ({ onTestFinished }) => {
    const { lastIs } = await watchNames(onTestFinished, { ...BOTH, [AD]: {} });
    await lastIs('E-Z 10.0.0.2:3000');
  });

  it('is looked up the way of the system: hosts file, search domains', async ({ onTestFinished }) => {
    const { lastIs } = await watchNames(onTestFinished, { [EZ]: { A: ['10.0.0.2'] } }, async (name) =>
      name === AD
        ? [
            { address: '10.9.9.9', family: 4 },
            { address: '::1', family: 6 },
          ]
        : noSuchName(),
    );
    await lastIs('A-D 10.9.9.9:3000, A-D [::1]:3000, E-Z 10.0.0.2:3000');
  });

  it('whose lookup hangs keeps nobody waiting, and is asked once at a time', async ({ onTestFinished }) => {
    let lookups = 0;
    const { server, lastIs, rounds, messages } = await watchNames(onTestFinished, BOTH, () => {
      lookups++;
      return new Promise(() => {});
    });
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
    server.zone.delete(AD);
    server.zone.set(EZ, { A: ['10.0.0.7'] });
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.7:3000');
    await rounds();
    expect(lookups).toBe(1);
    expect(messages).toEqual([expect.stringMatching(`^${AD} cannot be resolved`)]);
  });
});

describe.concurrent('a name server that fails', () => {
  it.for(['SERVFAIL', 'REFUSED', 'silence'] as const)(
    'with %s: what was known stays',
    async (failure, { onTestFinished }) => {
      const { server, messages, seen, lastIs, rounds } = await watchNames(onTestFinished, BOTH);
      await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
      server.zone.set(AD, failure);
      server.zone.set(EZ, { A: ['10.0.0.8'] });
      await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.8:3000');
      await rounds();
      expect(seen).toHaveLength(2);
      server.zone.set(AD, { A: ['10.0.0.4'] });
      await lastIs('A-D 10.0.0.4:3000, E-Z 10.0.0.8:3000');
      expect(messages).toEqual([
        expect.stringMatching(`^${AD} cannot be resolved \\(A: E[A-Z]+, AAAA: E[A-Z]+\\); going on with what it was`),
        `${AD} can be resolved again`,
      ]);
    },
  );

  it('for AAAA only takes nothing away', async ({ onTestFinished }) => {
    const { server, last, lastIs, rounds, messages } = await watchNames(onTestFinished, {
      ...BOTH,
      [AD]: { A: ['10.0.0.1'], AAAA: 'SERVFAIL' },
    });
    await lastIs('A-D 10.0.0.1:3000, E-Z 10.0.0.2:3000');
    await rounds();
    server.zone.set(AD, { A: [], AAAA: 'SERVFAIL' });
    await lastIs('E-Z 10.0.0.2:3000');
    expect(last()).toBe('E-Z 10.0.0.2:3000');
    expect(messages).toEqual([expect.stringMatching(/\(AAAA: ESERVFAIL\)/), expect.stringMatching(/has no address/)]);
  });

  it('from the start: nothing is told until something is known', async ({ onTestFinished }) => {
    const { server, seen, lastIs, rounds } = await watchNames(onTestFinished, { [AD]: 'SERVFAIL', [EZ]: 'SERVFAIL' });
    await rounds();
    expect(seen).toEqual([]);
    server.zone.set(EZ, { A: ['10.0.0.2'] });
    await lastIs('E-Z 10.0.0.2:3000');
  });
});

describe.concurrent('an end', () => {
  it('comes at once, in the middle of questions', async ({ onTestFinished }) => {
    const { server, watcher, seen } = await watchNames(onTestFinished, { [AD]: 'silence', [EZ]: 'silence' });
    await waitFor('a question', () => server.questions.length > 0);
    const startedAt = performance.now();
    await watcher.close();
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect(seen).toEqual([]);
  });
});

it('asks for addresses the way of the system where DNS does not know localhost', async () => {
  const server = await startDnsServer();
  try {
    const { v4 } = await createNameSource(server.resolver()).ask('localhost');
    expect(v4).toEqual({ kind: 'known', addresses: ['127.0.0.1'] });
  } finally {
    await server.close();
  }
});
