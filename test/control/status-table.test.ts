import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { StatusView, WorkerView } from '../../control/ops-client.ts';
import { renderStatus } from '../../control/status-table.ts';
import { instance, pool, status, worker } from './status-views.ts';

const SYSTEM = status(
  [
    pool('A-D', instance('a-d-1', [11, 12])),
    pool('E-P', instance('e-p-1', [], { state: 'down', pid: null, workers: null })),
    { ...pool('Q-Z'), people: null },
  ],
  { workers: [worker(1, { requests: 1_234_567, restarts: 3, elu: 0.615, ageS: 7_200 })] },
);

const plain = (view: StatusView): string => renderStatus(view, { isColor: false });

it('shows who serves what, and how they are', () => {
  expect(plain(SYSTEM)).toBe(`
  200 people dataset d1, epoch 1

  range   instance     pid  state       age  restarts   requests  in flight  loop  memory
  A-D     a-d-1         10  available
            worker      11  ready      12 s         0         90          0   2 %   61 MB
            worker      12  ready      12 s         0         90          0   2 %   61 MB
  E-P     e-p-1          -  down
  Q-Z     no instance       gone
  router                 9
            worker       1  ready       2 h         3  1,234,567          0  62 %   61 MB

`);
});

it('shows a system that has not begun', () => {
  const nothing = { ...status([], { workers: [] }), dataset: null, epoch: null };
  expect(plain(nothing)).toContain('0 people dataset unknown, epoch -');
});

it('shows a worker that has not said anything yet', () => {
  const silent: Partial<WorkerView> = { state: 'starting', requests: null, inFlight: null, elu: null, rssMb: null };
  const view = status([pool('A-D', instance('a', [], { workers: [worker(11, silent)] }))], { workers: [] });
  expect(plain(view)).toMatch(/ {2}worker +11 +starting +12 s +0 +- +- +- +-\n/);
});

describe('an age', () => {
  it.each([
    [0, '0 s'],
    [99, '99 s'],
    [100, '2 min'],
    [5_999, '100 min'],
    [6_000, '2 h'],
    [864_000, '240 h'],
  ])('of %i s is shown as %s', (ageS, text) => {
    expect(plain(status([], { workers: [worker(1, { ageS })] }))).toContain(`  ${text}  `);
  });
});

describe('in colour', () => {
  const colored = renderStatus(SYSTEM, { isColor: true });

  it('says the same', () => {
    const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());
    expect(lines(stripVTControlCharacters(colored))).toEqual(lines(plain(SYSTEM)));
  });

  it.each([
    ['available', 32],
    ['ready', 32],
    ['starting', 33],
    ['draining', 33],
    ['down', 31],
    ['ejected', 31],
    ['gone', 31],
  ])('%s has its own', (state, code) => {
    const text = renderStatus(status([pool('A-D', instance('a', [], { state }))]), { isColor: true });
    expect(text).toMatch(new RegExp(`\\x1b\\[${code}m${state} *\\x1b`));
  });
});
