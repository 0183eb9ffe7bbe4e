import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS, type Letter } from '../../people/letter.ts';
import { type Layout, lettersOf, parseLayout } from '../../people/range.ts';
import type { SeedResult } from '../../seed/main.ts';
import { bar, humanBytes, humanTime, renderPicture } from '../../seed/picture.ts';

function resultOf(counts: readonly number[], layout: Layout, others: Partial<SeedResult> = {}): SeedResult {
  const letters = new Map(
    LETTERS.map((letter, index) => [letter, { count: counts[index] ?? 0, bytes: 0, sha256: '' }]),
  );
  const files = layout.map((range) => {
    const people = lettersOf(range).reduce((sum, letter) => sum + letters.get(letter as Letter)!.count, 0);
    return { range, path: `${range}.json`, people, bytes: people * 160 };
  });
  const people = files.reduce((sum, file) => sum + file.people, 0);
  return {
    dataset: '0123456789ab',
    people,
    skipped: 0,
    layout,
    letters,
    files,
    tookMs: 1234,
    isUnchanged: false,
    ...others,
  };
}

const THREE = parseLayout('A-D,E-P,Q-Z');
const plain = { columns: 80, isColor: false };

describe('the picture', () => {
  it('has a bar per letter, in proportion, under its shard', () => {
    const lines = renderPicture(resultOf([1000, 500, 0, 1], THREE), { columns: 20, isColor: false }).split('\n');
    expect(lines.slice(0, 8)).toEqual([
      '',
      'A-D  1,501 people  …',
      '  A ██████████ 1,000',
      '  B █████ 500',
      '  C 0',
      '  D ▏ 1',
      '',
      'E-P      0 people  …',
    ]);
  });

  it('ends with what it all came to', () => {
    const [last] = renderPicture(resultOf([900, 100], THREE), plain)
      .split('\n')
      .slice(-1);
    expect(last).toBe('1,000 people in 3 shards · 160 kB · 1.23 s · dataset 0123456789ab');
  });

  it('says what was left out, and that nothing was to be done', () => {
    const text = renderPicture(resultOf([1], parseLayout('A-Z'), { skipped: 12_345, isUnchanged: true }), plain);
    expect(text).toContain('1 person in 1 shard · 160 bytes');
    expect(text).toContain('12,345 without a letter left out');
    expect(text).toContain('all there already');
  });

  it('fits its columns, whatever there is to show, and says the same in colour', () => {
    const counts = fc.array(fc.oneof(fc.nat(5), fc.nat(2 ** 31)), { minLength: 26, maxLength: 26 });
    const layouts = fc.constantFrom(THREE, parseLayout('A-Z'), parseLayout(LETTERS.join(',')));
    fc.assert(
      fc.property(
        counts,
        layouts,
        fc.integer({ min: 20, max: 300 }),
        fc.nat(9),
        (numbers, layout, columns, skipped) => {
          const result = resultOf(numbers, layout, { skipped });
          const text = renderPicture(result, { columns, isColor: false });
          for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
          expect(stripVTControlCharacters(renderPicture(result, { columns, isColor: true }))).toBe(text);
          for (const letter of LETTERS) expect(text).toMatch(new RegExp(`^  ${letter} `, 'm'));
        },
      ),
    );
  });

  it('is coloured only when asked', () => {
    expect(renderPicture(resultOf([1], THREE), plain)).not.toContain('\x1B');
    expect(renderPicture(resultOf([1], THREE), { ...plain, isColor: true })).toContain('\x1B[36m');
  });
});

describe('a bar', () => {
  it.each([
    [1, '████'],
    [0.5, '██'],
    [0.6, '██▍'],
    [1 / 32, '▏'],
    [0.000_001, '▏'],
    [31 / 32, '███▉'],
  ])('of %d in four columns is %s', (share, drawn) => {
    expect(bar(share, 4)).toBe(drawn);
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [47_562, '47.6 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_673_778_190, '1.67 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});

it.each([
  [0, '0 s'],
  [12, '0.01 s'],
  [4529, '4.53 s'],
  [46_117, '46 s'],
  [59_600, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%i ms are %s', (ms, text) => {
  expect(humanTime(ms)).toBe(text);
});
