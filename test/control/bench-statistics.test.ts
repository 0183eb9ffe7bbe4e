import { describe, expect, it } from 'vitest';
import { interleaved, median, medians, spread } from '../../control/bench/statistics.ts';

describe('median', () => {
  it.each([
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 5], 5],
    [[100, 1, 2, 3], 2.5],
    [[10, 9, 100, 11, 12], 11],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is no number', () => {
    expect(median([])).toBeNaN();
  });

  it('leaves what it was given in its order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('is taken field by field', () => {
    expect(
      medians([
        { cpuUs: 12, rssMb: 90 },
        { cpuUs: 14, rssMb: 70 },
        { cpuUs: 90, rssMb: 80 },
      ]),
    ).toEqual({ cpuUs: 14, rssMb: 80 });
  });
});

describe('spread', () => {
  it('is half the range by the median', () => {
    expect(spread([9, 10, 11])).toBeCloseTo(0.1);
    expect(spread([7, 7])).toBe(0);
  });
});

describe('rounds', () => {
  it('have everybody once, every other round backwards', () => {
    expect(interleaved(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c', 'c', 'b', 'a', 'a', 'b', 'c']);
  });
});
