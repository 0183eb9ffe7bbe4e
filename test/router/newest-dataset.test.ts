import { describe, expect, it } from 'vitest';
import { datasetOrder, newestDataset } from '../../router/table/newest-dataset.ts';

interface Instance {
  readonly url: string;
  readonly dataset: string | null;
}

/** `a1 b2 c-`: instance a has dataset 1, b has 2, and of c nobody knows. */
function instances(text: string): Instance[] {
  return (text.match(/\S+/g) ?? []).map(([url, dataset]) => ({
    url: url!,
    dataset: dataset === '-' ? null : dataset!,
  }));
}

/** The newest dataset after a pool had these instances, one state after the other. */
function newestAfter(states: string): string | null {
  let order: readonly string[] = [];
  let newest: string | null = null;
  let before: Instance[] = [];
  for (const after of states.split('→').map(instances)) {
    order = datasetOrder(order, before, after);
    newest = newestDataset(order, after) ?? newest;
    before = after;
  }
  return newest;
}

describe('the newest dataset of a pool', () => {
  it.each<[what: string, states: string, newest: string | null]>([
    ['that nobody knows yet', '', null],
    ['of which its registry says nothing', 'a-', null],
    ['that tells later', 'a- → a1', '1'],
    ['of one instance', 'a1', '1'],
    ['that reloads, one after the other', 'a1 b1 c1 → a2 b1 c1', '2'],
    ['that has reloaded', 'a1 b1 → a2 b1 → a2 b2', '2'],
    ['that goes back to what it had', 'a1 b1 → a2 b1 → a2 b2 → a2 b1', '1'],
    ['of which one is started with something new', 'a1 → a1 b2', '2'],
    ['of which one is started with the same', 'a1 b1 → a1 b1 c1', '1'],
    ['whose instances all left', 'a1 → a2 → ', '2'],
    ['that is back with the same', 'a1 → → a1', '1'],
    ['that is back with something new', 'a1 → → a2', '2'],
    ['that is back with what it had before', 'a1 → a2 → → a1', '1'],
    ['whose only reloaded instance left', 'a2 b1 → b1', '1'],
    ['whose reloaded instance is back', 'a1 b1 → a2 b1 → b1 → a2 b1', '2'],
    ['whose old instance is back', 'a1 b1 → a2 b1 → a2 → a2 b1', '2'],
    ['whose old instance is back, and reloads', 'a1 b1 → a2 b1 → a2 → a2 b1 → a2 b2', '2'],
    ['an instance of which says nothing for a while', 'a1 b1 → a2 b1 → a2 b-  → a2 b1', '2'],
    ['seen first in the middle of a reload, which goes on', 'a2 b1 c1 → a2 b2 c1', '2'],
  ])('%s: %s', (_, states, newest) => {
    expect(newestAfter(states)).toBe(newest);
  });
});

it('keeps no long history', () => {
  let order: readonly string[] = [];
  for (let i = 0; i < 1_000; i++) {
    order = datasetOrder(order, [{ url: 'a', dataset: `d${i}` }], [{ url: 'a', dataset: `d${i + 1}` }]);
  }
  expect(order.length).toBeLessThan(50);
  expect(order.at(-1)).toBe('d1000');
});
