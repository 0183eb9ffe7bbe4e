import { describe, expect, it } from 'vitest';
import { createLines } from '../../control/progress.ts';

describe('progress in plain lines', () => {
  it('is one line per 10 %, each said once', () => {
    const lines: string[] = [];
    const progress = createLines((line) => lines.push(line));
    for (let done = 0; done <= 1_000; done += 3) progress.onProgress(done, 1_000);
    progress.onProgress(1_000, 1_000);
    progress.onProgress(1_000, 1_000);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('seeding: 10 % (102 of 1000 people)');
    expect(lines.at(-1)).toBe('seeding: 100 % (1000 of 1000 people)');
  });

  it('skips what is passed in one step', () => {
    const lines: string[] = [];
    const progress = createLines((line) => lines.push(line));
    progress.onProgress(55, 100);
    progress.onProgress(100, 100);
    expect(lines).toEqual(['seeding: 50 % (55 of 100 people)', 'seeding: 100 % (100 of 100 people)']);
  });
});
