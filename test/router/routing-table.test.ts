import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS, type Letter } from '../../people/letter.ts';
import { parseRange, type Range, rangeHolds } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import { buildRoutingTable, type RoutingTable } from '../../router/table/routing-table.ts';

/** `A-D@2` is an instance of range A-D of epoch 2; `A-D` one whose registry knows no epoch. */
function instance(text: string, n = 0): Announcement {
  const [range = '', epoch] = text.split('@');
  const url = `http://${range.toLowerCase()}.example:${n}`;
  return {
    id: `${text}-${n}`,
    range: parseRange(range),
    dataset: null,
    epoch: epoch ? Number(epoch) : null,
    url,
    opsUrl: null,
  };
}

function tableOf(instances: readonly Announcement[]): RoutingTable {
  const result = buildRoutingTable(instances);
  if (!result.ok) throw new Error(result.reason);
  return result.table;
}

/** The owners of all letters, as runs: `A-D E-P -` says that nobody owns what is behind P. */
function ownersOf(table: RoutingTable): string {
  const owners = LETTERS.map((letter) => table.poolOf(letter)?.range ?? '-');
  return owners.filter((owner, i) => owner !== owners[i - 1]).join(' ');
}

describe('the owner of a letter', () => {
  it.each([
    ['nobody, without instances', [], '-'],
    ['the range that holds it', ['A-D@1', 'E-P@1', 'Q-Z@1'], 'A-D E-P Q-Z'],
    ['nobody, where no range holds it', ['A-D@1', 'Q-Z@1'], 'A-D - Q-Z'],
    ['the range of the higher epoch', ['A-Z@1', 'E-P@2'], 'A-Z E-P A-Z'],
    ['the range of the higher epoch, though it is larger', ['A-D@1', 'E-P@1', 'Q-Z@1', 'A-Z@2'], 'A-Z'],
    ['the old range, while its split has only one half', ['A-M@1', 'N-Z@1', 'A-F@2'], 'A-F A-M N-Z'],
    ['its range, whose epoch is its newest instance', ['A-M@1', 'A-M@3', 'A-F@2', 'N-Z@2'], 'A-M N-Z'],
    ['the range with an epoch before one without', ['A-Z', 'S@1'], 'A-Z S A-Z'],
    ['a single letter', ['S@1'], '- S -'],
  ])('is %s: %j', (_, instances, owners) => {
    expect(ownersOf(tableOf(instances.map((text) => instance(text))))).toBe(owners);
  });
});

describe('a pool', () => {
  it('has all instances of its range, whatever their epoch, in one order', () => {
    const [a, b, c] = [instance('A-D@1', 1), instance('A-D@2', 2), instance('A-D@1', 3)];
    const { pools } = tableOf([c, b, a]);
    expect(pools).toEqual([{ range: 'A-D', epoch: 2, instances: [a, c, b] }]);
  });
});

describe('ranges of one epoch that overlap', () => {
  it.each([
    [['A-D@1', 'D-F@1'], 'ranges A-D and D-F of epoch 1 overlap'],
    [['A-Z@2', 'S@2', 'A-Z@1'], 'ranges A-Z and S of epoch 2 overlap'],
    [['A-D', 'B-C'], 'ranges A-D and B-C of epoch 0 overlap'],
    [['A-D@1', 'A-D@2', 'C-F@2'], 'ranges A-D and C-F of epoch 2 overlap'],
  ])('are refused: %j', (instances, reason) => {
    expect(buildRoutingTable(instances.map((text) => instance(text)))).toEqual({ ok: false, reason });
  });
});

/** The ranges between cuts: a layout. */
const layout = fc.uniqueArray(fc.integer({ min: 1, max: 25 }), { maxLength: 6 }).map((cuts) => {
  const starts = [0, ...cuts.sort((a, b) => a - b), 26];
  return starts.slice(1).map((end, i) => parseRange(`${LETTERS[starts[i]!]}-${LETTERS[end - 1]}`));
});

/** Instances of up to three epochs, each with a layout of its own and any number of instances of any of its ranges. */
const fleet = fc
  .array(fc.record({ ranges: layout, picks: fc.array(fc.nat(), { maxLength: 8 }) }), { minLength: 1, maxLength: 3 })
  .map((epochs) =>
    epochs.flatMap(({ ranges, picks }, epoch) =>
      picks.map((pick, n) => instance(`${ranges[pick % ranges.length]}@${epoch + 1}`, n)),
    ),
  );

/** The newest epoch in which a range has an instance. */
const epochOf = (instances: readonly Announcement[], range: Range): number =>
  Math.max(...instances.filter((one) => one.range === range).map(({ epoch }) => epoch ?? 0));

describe('any fleet of well-laid-out epochs', () => {
  it('has for each letter the newest range that holds it, and nobody only where no range does', () => {
    fc.assert(
      fc.property(fleet, (instances) => {
        const table = tableOf(instances);
        for (const letter of LETTERS) {
          const holding = instances.filter(({ range }) => rangeHolds(range, letter)).map(({ range }) => range);
          const newest = holding.toSorted((a, b) => epochOf(instances, b) - epochOf(instances, a))[0];
          expect(table.poolOf(letter)?.range).toBe(newest);
        }
      }),
    );
  });

  it('has each instance in one pool, that of its range', () => {
    fc.assert(
      fc.property(fleet, (instances) => {
        const pooled = tableOf(instances).pools.flatMap(({ range, instances: own }) => own.map((one) => [range, one]));
        expect(pooled).toHaveLength(instances.length);
        expect(pooled.every(([range, one]) => (one as Announcement).range === range)).toBe(true);
      }),
    );
  });

  it('makes the same table in whatever order it is told', () => {
    const shuffled = fleet.chain((instances) =>
      fc.tuple(fc.constant(instances), fc.shuffledSubarray(instances, { minLength: instances.length })),
    );
    fc.assert(
      fc.property(shuffled, ([instances, inAnotherOrder]) => {
        expect(tableOf(inAnotherOrder).pools).toEqual(tableOf(instances).pools);
        expect(ownersOf(tableOf(inAnotherOrder))).toBe(ownersOf(tableOf(instances)));
      }),
    );
  });

  it('leaves no letter out when a whole layout is there', () => {
    fc.assert(
      fc.property(layout, fleet, (ranges, others) => {
        const table = tableOf([...others, ...ranges.map((range) => instance(`${range}@9`))]);
        expect(LETTERS.every((letter: Letter) => rangeHolds(table.poolOf(letter)!.range, letter))).toBe(true);
        expect(ownersOf(table).split(' ').length).toBe(ranges.length);
      }),
    );
  });

  it('is refused with one more range that overlaps its epoch, and nothing is thrown', () => {
    fc.assert(
      fc.property(layout, fc.nat(25), fc.nat(25), (ranges, i, j) => {
        const range = parseRange(`${LETTERS[Math.min(i, j)]}-${LETTERS[Math.max(i, j)]}`);
        const result = buildRoutingTable([...ranges, range].map((one) => instance(`${one}@1`)));
        expect(result.ok).toBe(ranges.includes(range));
      }),
    );
  });
});
