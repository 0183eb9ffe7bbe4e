import { describe, expect, it } from 'vitest';
import { isRegistered, readServices, registrationOf } from '../../registry/consul-service.ts';
import { announcement } from './announcements.ts';

/** An entry of `health/service`, as Consul writes it. */
function entry(meta: Record<string, string> | null, service: Record<string, unknown> = {}): unknown {
  return { Node: { Node: 'n' }, Service: { ID: meta?.id ?? '?', Meta: meta, ModifyIndex: 7, ...service }, Checks: [] };
}

describe('the registration of an instance', () => {
  it('has the id as service id, the range as tag and every fact as text', () => {
    expect(registrationOf(announcement())).toEqual({
      name: 'people-shard',
      id: 'a-d-1',
      tags: ['A-D'],
      address: '127.0.0.1',
      port: 4001,
      meta: {
        ...{ id: 'a-d-1', range: 'A-D', dataset: 'd1', epoch: '1' },
        ...{ url: 'http://127.0.0.1:4001', opsUrl: 'http://127.0.0.1:4101' },
      },
    });
  });

  it.each([
    ['http://10.0.0.5', '10.0.0.5', 80],
    ['http://shard-1.example:9', 'shard-1.example', 9],
    ['http://[fd00::5]:4001', 'fd00::5', 4001],
  ])('takes the address from %s', (url, address, port) => {
    expect(registrationOf(announcement({ url }))).toMatchObject({ address, port, meta: { url } });
  });

  it('leaves out what is not known', () => {
    const { meta } = registrationOf(announcement({ dataset: null, epoch: null, opsUrl: null }));
    expect(Object.keys(meta)).toEqual(['id', 'range', 'url']);
  });

  it.each([
    announcement(),
    announcement({ range: 'S', dataset: null, epoch: null, opsUrl: null }),
    announcement({ url: 'http://[fd00::5]:4001', epoch: 12 }),
  ])('reads back as the instance it was made from: $url', (instance) => {
    expect(readServices([entry({ ...registrationOf(instance).meta })])).toEqual({ instances: [instance], refused: [] });
  });
});

describe('what an agent has under our id', () => {
  const registration = registrationOf(announcement());
  const found = { Service: 'people-shard', Tags: ['A-D'], Meta: { ...registration.meta }, Weights: { Passing: 1 } };
  const rows: readonly (readonly [string, unknown, boolean])[] = [
    ['the same facts', found, true],
    ['nothing', null, false],
    ['nothing in it', {}, false],
    ['another dataset', { ...found, Meta: { ...found.Meta, dataset: 'd0' } }, false],
    ['a fact less', { ...found, Meta: { id: 'a-d-1' } }, false],
    ['a fact more', { ...found, Meta: { ...found.Meta, more: '1' } }, false],
    ['no Meta', { ...found, Meta: null }, false],
    ['another range', { ...found, Tags: ['E-P'] }, false],
    ['a tag more', { ...found, Tags: ['A-D', 'blue'] }, false],
    ['another service', { ...found, Service: 'web' }, false],
  ];
  it.each(rows)('%s', (_, value, isSame) => {
    expect(isRegistered(value, registration)).toBe(isSame);
  });
});

describe('reading services', () => {
  const good = { ...registrationOf(announcement()).meta };

  it('orders them by id', () => {
    const metas = ['c', 'a', 'b'].map((id) => entry({ ...good, id }));
    expect(readServices(metas).instances.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['no range', { ...good, range: undefined }, /range/],
    ['an odd range', { ...good, range: 'D-A' }, /D-A/],
    ['an odd epoch', { ...good, epoch: 'one' }, /epoch/],
    ['an empty epoch', { ...good, epoch: '' }, /epoch/],
    ['an odd URL', { ...good, url: 'https://x/y' }, /URL/],
    ['an odd id', { ...good, id: 'a/b' }, /id/],
    ['no Meta', null, /id/],
  ])('refuses one with %s and takes the others', (_, meta, reason) => {
    const { instances, refused } = readServices([
      entry(meta as Record<string, string> | null, { ID: 'odd' }),
      entry({ ...good, id: 'good' }),
    ]);
    expect(instances.map(({ id }) => id)).toEqual(['good']);
    expect(refused).toEqual([{ id: 'odd', reason: expect.stringMatching(reason) }]);
  });

  it.each([null, 7, 'text', [], {}])('refuses the entry %j', (odd) => {
    expect(readServices([odd]).refused).toHaveLength(1);
  });

  it('takes the entry written last where an id is there twice', () => {
    const old = entry({ ...good, url: 'http://old:1' }, { ModifyIndex: 5 });
    const moved = entry({ ...good, url: 'http://new:1' }, { ModifyIndex: 9 });
    for (const order of [
      [old, moved],
      [moved, old],
    ]) {
      expect(readServices(order).instances).toEqual([expect.objectContaining({ url: 'http://new:1' })]);
    }
  });
});
