// The people of one letter in memory: their bytes as they stand in the shard file, plus one 4-byte offset a person,
// so that a page is a slice. Invariant: `starts` has an entry for each line of `block`. Cost: no objects per person.

import { createHash } from 'node:crypto';
import type { Letter } from './letter.ts';
import type { SortKey } from './person.ts';
import type { LetterSummary } from './shard-header.ts';

/** The people of one letter, in order, as bytes. */
export interface LetterBlock extends LetterSummary {
  readonly letter: Letter;
  /** Person objects joined by `,\n`: a slice from a person's start to another's end is the inside of a JSON array. */
  readonly block: Buffer;
  /** Offset of each person in `block`, and one more: `block.length + 2`. */
  readonly starts: Uint32Array;
}

/** Bytes between two persons of a block. */
export const SEPARATOR = Buffer.from(',\n');

/** The largest block that offsets of four bytes can address. */
export const BLOCK_LIMIT = 0xffff_ffff - SEPARATOR.length;

/** Makes a letter's block of person objects already in order, each as one line of JSON. */
export function createLetterBlock(letter: Letter, lines: readonly string[]): LetterBlock {
  const block = Buffer.from(lines.join(',\n'));
  const sha256 = createHash('sha256').update(block).digest('hex');
  return { letter, block, starts: findStarts(block, lines.length), count: lines.length, bytes: block.length, sha256 };
}

/** The bytes of persons `from` (inclusive) to `to` (exclusive) of a letter: the inside of a JSON array. */
export function sliceOfPeople(
  { block, starts }: Pick<LetterBlock, 'block' | 'starts'>,
  from: number,
  to: number,
): Buffer {
  return from < to ? block.subarray(starts[from], starts[to]! - SEPARATOR.length) : block.subarray(0, 0);
}

/** The sort key of the person at an index: one small JSON.parse. */
export function sortKeyAt(people: Pick<LetterBlock, 'block' | 'starts'>, index: number): SortKey {
  return JSON.parse(sliceOfPeople(people, index, index + 1).toString()) as SortKey;
}

/** Offsets of the lines of a block. Throws when there are not `count` of them. */
export function findStarts(block: Buffer, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let found = 0;
  for (let at = 0; at < block.length; ) {
    if (found < count) starts[found] = at;
    found++;
    const newline = block.indexOf(0x0a, at);
    at = newline < 0 ? block.length : newline + 1;
  }
  if (found !== count) throw new Error(`${found} people where ${count} were announced`);
  starts[count] = count > 0 ? block.length + SEPARATOR.length : 0;
  return starts;
}
