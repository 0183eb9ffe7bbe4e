// Ranges and layouts. Invariant: a Layout value covers A–Z exactly once, in order; only parseLayout makes one.

import { UserError } from '../runtime/user-error.ts';
import { LETTERS, type Letter, letterIndex } from './letter.ts';

/** Inclusive letters in their canonical writing: `A-D`, or `S` for one letter. */
export type Range = string & { readonly __range: unique symbol };

/** The ranges in force, in order; together they hold each letter exactly once. */
export type Layout = readonly Range[];

/** The layout of the book's exercise: A–D, E–P, Q–Z. */
export const DEFAULT_LAYOUT = 'A-D,E-P,Q-Z';

const RANGE = /^([A-Z])(?:-([A-Z]))?$/;

/** Reads a range such as `A-D`, `a-d` or `S`. Throws UserError (usage) that names the value. */
export function parseRange(text: string): Range {
  const match = RANGE.exec(text.trim().toUpperCase());
  const first = match?.[1];
  const last = match?.[2] ?? first;
  if (!first || !last || first > last) {
    throw UserError.usage(`"${text}" is not a range of letters; write it like A-D, or S for one letter`);
  }
  return (first === last ? first : `${first}-${last}`) as Range;
}

/** The letters of a range, in order. */
export function lettersOf(range: Range): readonly Letter[] {
  const first = letterIndex(range[0] as Letter);
  const last = letterIndex(range[range.length - 1] as Letter);
  return LETTERS.slice(first, last + 1);
}

/** Whether the range holds the letter. */
export function rangeHolds(range: Range, letter: Letter): boolean {
  return letter >= range.charAt(0) && letter <= range.charAt(range.length - 1);
}

/** Whether two ranges share a letter. */
export function rangesOverlap(a: Range, b: Range): boolean {
  return a.charAt(0) <= b.charAt(b.length - 1) && b.charAt(0) <= a.charAt(a.length - 1);
}

/**
 * Reads a layout such as `A-D,E-P,Q-Z`, in any order. Throws UserError (usage) that names the letters left out or
 * the two ranges that both hold a letter.
 */
export function parseLayout(text: string): Layout {
  const ranges = text
    .split(',')
    .map(parseRange)
    .sort((a, b) => (a < b ? -1 : 1));
  const owner = new Map<Letter, Range>();
  for (const range of ranges) {
    for (const letter of lettersOf(range)) {
      const other = owner.get(letter);
      if (other)
        throw UserError.usage(
          `layout "${text}" overlaps: ${letter} is in ${other === range ? `${range} twice` : `${other} and in ${range}`}`,
        );
      owner.set(letter, range);
    }
  }
  const missing = LETTERS.filter((letter) => !owner.has(letter));
  if (missing.length > 0) throw UserError.usage(`layout "${text}" has a gap: no range holds ${spell(missing)}`);
  return ranges;
}

/** Letters as people write them: `E`, `E-G`, `E-G and T`. */
function spell(letters: readonly Letter[]): string {
  const runs: string[] = [];
  for (let i = 0; i < letters.length; ) {
    let end = i;
    while (end + 1 < letters.length && letterIndex(letters[end + 1]!) === letterIndex(letters[end]!) + 1) end++;
    runs.push(i === end ? letters[i]! : `${letters[i]}-${letters[end]}`);
    i = end + 1;
  }
  return runs.length < 2 ? runs.join('') : `${runs.slice(0, -1).join(', ')} and ${runs.at(-1)}`;
}
