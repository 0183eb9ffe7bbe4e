import { describe, expect, it } from 'vitest';
import type { InstanceView, PoolView, StatusView } from '../../control/ops-client.ts';
import { isReloaded, isScaled, poolOf, workerPids } from '../../control/settled.ts';
import { instance, operation, pool, status, worker } from './status-views.ts';

describe('the pool of a range', () => {
  it('is found by its name', () => {
    const [first, second] = [pool('A-D'), pool('E-P')];
    expect(poolOf(status([first, second]), 'E-P')).toBe(second);
  });

  it.each<[PoolView[], string]>([
    [[pool('A-D'), pool('E-P')], 'no pool serves Q-Z; pools are: A-D, E-P'],
    [[], 'no pool serves Q-Z; pools are: none'],
  ])('that is not there is told by name, with those that are', (pools, message) => {
    expect(() => poolOf(status(pools), 'Q-Z')).toThrow(message);
  });
});

describe('a pool has two workers', () => {
  it.each<[what: string, instances: InstanceView[], isIt: boolean]>([
    ['when its instance has', [instance('a', [1, 2])], true],
    ['when each of its instances has', [instance('a', [1, 2]), instance('b', [3, 4])], true],
    ['not when one of them has fewer', [instance('a', [1, 2]), instance('b', [3])], false],
    [
      'not while a surplus one drains',
      [instance('a', [1, 2], { workers: [worker(1), worker(2), worker(3, { state: 'draining' })] })],
      false,
    ],
    ['not while one starts', [instance('a', [], { workers: [worker(1), worker(2, { state: 'starting' })] })], false],
    ['not while an instance does not say', [instance('a', [1, 2]), instance('b', [], { workers: null })], false],
    ['not without an instance', [], false],
    ['also while it reloads', [instance('a', [1, 2], { operation: operation('reload', 'running') })], true],
    ['also after a reload that failed', [instance('a', [1, 2], { operation: operation('reload', 'failed') })], true],
  ])('%s', (_, instances, isIt) => {
    expect(isScaled(pool('A-D', ...instances), 2)).toBe(isIt);
  });

  it('never, when one says that it failed: then why', () => {
    const failed = instance('b', [1], { operation: operation('scale', 'failed') });
    expect(() => isScaled(pool('A-D', instance('a', [1, 2]), failed), 2)).toThrow(
      'b did not scale: the shard file is damaged',
    );
  });
});

describe('the pids of workers', () => {
  const all = status([pool('A-D', instance('a', [11, 12]), instance('b', [13])), pool('E-P', instance('c', [21]))]);

  it.each<[string[], boolean, number[]]>([
    [['A-D'], false, [11, 12, 13]],
    [['E-P'], false, [21]],
    [['A-D', 'E-P'], true, [1, 2, 11, 12, 13, 21]],
    [[], false, []],
  ])('of %j, and of the router: %s', (ranges, hasRouter, pids) => {
    expect([...workerPids(all, ranges, hasRouter)].sort((a, b) => a - b)).toEqual(pids);
  });

  it('of an instance that does not say are none', () => {
    const silent = status([pool('A-D', instance('a', [], { workers: null }))]);
    expect([...workerPids(silent, ['A-D'], false)]).toEqual([]);
  });
});

describe('everything is reloaded', () => {
  const BEFORE = new Set([1, 2, 11, 12]);
  const fresh = { workers: [worker(3), worker(4)] };
  const rows: [what: string, now: StatusView, isIt: boolean][] = [
    ['when no worker is one of before', status([pool('A-D', instance('a', [13, 14]))], fresh), true],
    ['not while one is', status([pool('A-D', instance('a', [13, 12]))], fresh), false],
    [
      'not while one of the router is',
      status([pool('A-D', instance('a', [13, 14]))], { workers: [worker(1), worker(4)] }),
      false,
    ],
    [
      'not while one starts',
      status([pool('A-D', instance('a', [], { workers: [worker(13, { state: 'starting' })] }))], fresh),
      false,
    ],
    ['not while an instance does not say', status([pool('A-D', instance('a', [], { workers: null }))], fresh), false],
    ['not while an instance has no worker', status([pool('A-D', instance('a', []))], fresh), false],
    [
      'not while an order is being carried out',
      status([pool('A-D', instance('a', [13], { operation: operation('reload', 'running') }))], fresh),
      false,
    ],
    [
      'not while the router is at it',
      status([pool('A-D', instance('a', [13]))], { ...fresh, operation: operation('reload', 'running') }),
      false,
    ],
    [
      'also after a scaling that failed',
      status([pool('A-D', instance('a', [13], { operation: operation('scale', 'failed') }))], fresh),
      true,
    ],
    ['not when a pool has lost its last instance meanwhile', status([pool('A-D')], fresh), false],
  ];
  it.each(rows)('%s', (_, now, isIt) => {
    expect(isReloaded(now, ['A-D'], true, BEFORE)).toBe(isIt);
  });

  it('whatever the pools that were not meant do', () => {
    const now = status([pool('A-D', instance('a', [13])), pool('E-P', instance('b', [12])), pool('Q-Z')]);
    expect(isReloaded(now, ['A-D'], false, BEFORE)).toBe(true);
  });

  it('never, when one says that it failed: then why', () => {
    const failed = operation('reload', 'failed');
    const instanceFailed = status([pool('A-D', instance('a', [13], { operation: failed }))], fresh);
    expect(() => isReloaded(instanceFailed, ['A-D'], true, BEFORE)).toThrow(
      'a did not reload: the shard file is damaged',
    );
    const routerFailed = status([pool('A-D', instance('a', [13]))], { ...fresh, operation: failed });
    expect(() => isReloaded(routerFailed, ['A-D'], true, BEFORE)).toThrow('the router did not reload');
    expect(isReloaded(routerFailed, ['A-D'], false, BEFORE)).toBe(true);
  });
});
