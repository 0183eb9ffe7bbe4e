// The first line of a shard file: what is in it, before the people. Invariant: a header that parses is byte for byte
// what headerLine writes, so a damaged one is noticed even where it is still JSON.

import type { Letter } from './letter.ts';
import { lettersOf, parseRange, type Range } from './range.ts';

/** What the header says of one letter; `bytes` and `sha256` are of its block: its lines joined by `,\n`. */
export interface LetterSummary {
  readonly count: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a header says; `letters` holds each letter of the range, in order. */
export interface ShardHeader {
  readonly dataset: string;
  readonly range: Range;
  readonly count: number;
  readonly letters: ReadonlyMap<Letter, LetterSummary>;
}

/** The header as it stands in the file, up to and with its newline; the people follow. */
export function headerLine({ dataset, range, count, letters }: ShardHeader): string {
  const summaries = Object.fromEntries(
    [...letters].map(([letter, { count, bytes, sha256 }]) => [letter, { count, bytes, sha256 }]),
  );
  const whole = JSON.stringify({ dataset, range, count, letters: summaries, people: [] });
  return `${whole.slice(0, -2)}\n`;
}

/** Reads a header line (with its newline). Throws an Error that says what is wrong with it. */
export function parseHeader(line: string): ShardHeader {
  const { dataset, range: rangeText, count, letters: summaries } = parseObject(`${line}]}`);
  if (typeof dataset !== 'string' || typeof rangeText !== 'string' || !isCount(count))
    throw new Error('its header lacks dataset, range or count');
  const range = parseRange(rangeText);
  const letters = new Map<Letter, LetterSummary>();
  for (const letter of lettersOf(range)) {
    const summary = isObject(summaries) ? summaries[letter] : undefined;
    if (!isSummary(summary)) throw new Error(`its header does not describe letter ${letter}`);
    letters.set(letter, summary);
  }
  const header = { dataset, range, count, letters };
  const total = [...letters.values()].reduce((sum, letter) => sum + letter.count, 0);
  if (total !== count) throw new Error(`its header counts ${count} people, its letters ${total}`);
  if (headerLine(header) !== line) throw new Error('its header is not as it was written');
  return header;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('its header is not JSON');
  }
  if (!isObject(value)) throw new Error('its header is no object');
  return value;
}

function isSummary(value: unknown): value is LetterSummary {
  if (!isObject(value)) return false;
  const { count, bytes, sha256 } = value;
  return isCount(count) && isCount(bytes) && typeof sha256 === 'string' && count > 0 === bytes > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
