import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createConsulAnnouncer } from '../../registry/consul-announcer.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from './announcements.ts';
import { type AtEnd, type FakeConsul, startFakeConsul, text } from './consul-fake.ts';
import { recordedLog } from './recorded-log.ts';

function metaOf({ services }: FakeConsul): Record<string, string> | undefined {
  return services.get('a-d-1')?.Meta as Record<string, string> | undefined;
}

async function announceTo(atEnd: AtEnd) {
  const consul = await startFakeConsul(atEnd);
  const { log, messages } = recordedLog();
  const announcer = createConsulAnnouncer({ registry: consul.registry, log });
  atEnd(async () => {
    await announcer.withdraw();
  });
  const datasetSeen = (dataset: string, timeoutMs?: number): Promise<unknown> =>
    waitFor(`dataset ${dataset}`, () => metaOf(consul)?.dataset === dataset, timeoutMs);
  const registrations = (): number => consul.requests.filter((line) => line.includes('register')).length;
  return { consul, announcer, messages, datasetSeen, registrations };
}

describe.concurrent('announcing', () => {
  it('registers a service with all facts and a check of /readyz', async ({ onTestFinished }) => {
    const { consul, announcer, datasetSeen } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await datasetSeen('d1');
    expect(consul.services.get('a-d-1')).toEqual({
      Name: 'people-shard',
      ID: 'a-d-1',
      Tags: ['A-D'],
      Address: '127.0.0.1',
      Port: 4001,
      Meta: {
        ...{ id: 'a-d-1', range: 'A-D', dataset: 'd1', epoch: '1' },
        ...{ url: 'http://127.0.0.1:4001', opsUrl: 'http://127.0.0.1:4101' },
      },
      Check: {
        Name: 'people-shard a-d-1',
        HTTP: 'http://127.0.0.1:4001/readyz',
        Interval: '1s',
        Timeout: '1s',
        DeregisterCriticalServiceAfter: '1m',
      },
    });
  });

  it('registers once, and looks after it', async ({ onTestFinished }) => {
    const { consul, announcer, registrations } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await waitFor('two looks', () => consul.requests.filter((line) => line === 'GET /v1/agent/services').length >= 3);
    expect(registrations()).toBe(1);
  });

  it('registers new facts at once', async ({ onTestFinished }) => {
    const { announcer, datasetSeen } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await datasetSeen('d1');
    announcer.announce(announcement({ dataset: 'd2' }));
    await datasetSeen('d2', 500);
  });

  it('registers the last of several facts announced in a row', async ({ onTestFinished }) => {
    const { announcer, datasetSeen } = await announceTo(onTestFinished);
    for (const dataset of ['d1', 'd2', 'd3']) announcer.announce(announcement({ dataset }));
    await datasetSeen('d3', 500);
  });

  it('registers again what the agent forgot or changed, and tells of it once', async ({ onTestFinished }) => {
    const { consul, announcer, messages, datasetSeen } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await datasetSeen('d1');
    consul.services.clear();
    await datasetSeen('d1');
    metaOf(consul)!.dataset = 'd0';
    await datasetSeen('d1');
    expect(messages).toEqual([`registry ${consul.registry} had nothing under the name of a-d-1: announced it again`]);
  });

  it.for([400, 403, 429, 500])('tries again after %i, and tells of it once', async (status, { onTestFinished }) => {
    const { consul, announcer, messages, datasetSeen } = await announceTo(onTestFinished);
    consul.answerAll(text(status, 'no'));
    announcer.announce(announcement());
    await waitFor('two tries', () => consul.requests.length === 2);
    consul.answerAll(null);
    await datasetSeen('d1');
    await waitFor('its end to be told', () => messages.length > 1);
    expect(messages).toEqual([expect.stringMatching(`answered ${status}: no`), `registry ${consul.registry} is back`]);
  });

  it('tries again after an agent that hangs', async ({ onTestFinished }) => {
    const { consul, announcer, messages, datasetSeen } = await announceTo(onTestFinished);
    consul.answerAll(() => {});
    announcer.announce(announcement());
    await waitFor('a try', () => consul.requests.length === 1);
    consul.answerAll(null);
    await datasetSeen('d1');
    await waitFor('its end to be told', () => messages.length > 1);
    expect(messages).toEqual([expect.stringMatching('timed out'), `registry ${consul.registry} is back`]);
  });
});

describe.concurrent('withdrawing', () => {
  it('deregisters, and nothing registers again', async ({ onTestFinished }) => {
    const { consul, announcer, datasetSeen, registrations } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await datasetSeen('d1');
    expect(await announcer.withdraw()).toBe(true);
    expect(consul.services.size).toBe(0);
    const before = registrations();
    await sleep(1_500);
    expect(registrations()).toBe(before);
  });

  it('lets a registration under way come first', async ({ onTestFinished }) => {
    const { consul, announcer } = await announceTo(onTestFinished);
    announcer.announce(announcement());
    await announcer.withdraw();
    expect(consul.services.size).toBe(0);
    expect(consul.requests.at(-1)).toBe('PUT /v1/agent/service/deregister/a-d-1');
  });

  it.for([
    ['answers 500', text(500, 'no')],
    ['hangs', () => {}],
  ] as const)(
    'is not heard by an agent that %s: false, within a second or so',
    async ([_, play], { onTestFinished }) => {
      const { consul, announcer, datasetSeen } = await announceTo(onTestFinished);
      announcer.announce(announcement());
      await datasetSeen('d1');
      consul.answerAll(play);
      const startedAt = performance.now();
      expect(await announcer.withdraw()).toBe(false);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    },
  );

  it('is not heard when nothing was announced', async ({ onTestFinished }) => {
    const { consul, announcer } = await announceTo(onTestFinished);
    expect(await announcer.withdraw()).toBe(false);
    expect(consul.requests).toEqual([]);
  });
});
