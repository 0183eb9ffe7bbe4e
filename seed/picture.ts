// The picture that closes a seed: how many people each letter has, shard by shard, and what it all came to.
// Pure: a result in, text out. Invariant: no line is wider than the columns given (20 or more).

import { styleText } from 'node:util';
import { lettersOf } from '../people/range.ts';
import type { SeededFile, SeedResult } from './main.ts';

export interface PictureOptions {
  readonly columns: number;
  readonly isColor: boolean;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const SHARD_COLORS = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const;
const MAX_COLUMNS = 100; // longer bars say no more

type Style = (typeof SHARD_COLORS)[number] | 'bold' | 'dim';

/** Draws a result: a bar per letter (grouped by shard), sizes, totals; without a newline at the end. */
export function renderPicture(result: SeedResult, { columns, isColor }: PictureOptions): string {
  const width = Math.max(20, Math.min(columns, MAX_COLUMNS));
  const paint = (style: Style, text: string): string =>
    isColor && text ? styleText(style, text, { validateStream: false }) : text;
  const counts = [...result.letters.values()].map(({ count }) => count);
  const most = Math.max(1, ...counts);
  const countWidth = Math.max(...counts.map((count) => group(count).length));
  const barWidth = width - '  X  '.length - countWidth;

  const shards = result.files.map((file, index) => {
    const color = SHARD_COLORS[index % SHARD_COLORS.length]!;
    const bars = lettersOf(file.range).map((letter) => {
      const { count } = result.letters.get(letter)!;
      const line = `${paint(color, bar(count / most, barWidth))} ${paint('dim', group(count))}`;
      return `  ${letter} ${count > 0 ? line : paint('dim', '0')}`;
    });
    return [paint('bold', clip(heading(file, result.files), width)), ...bars, ''];
  });
  const [main, ...others] = wrap(totals(result), width);
  return ['', ...shards.flat(), paint('bold', main ?? ''), ...others.map((line) => paint('dim', line))].join('\n');
}

/** A bar of whole blocks and one part of a block; something always shows. */
export function bar(share: number, width: number): string {
  const eighths = Math.max(1, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** A size for people: three digits and a decimal unit. */
export function humanBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** A duration for people. */
export function humanTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 0))} s`;
}

function heading({ range, people, bytes }: SeededFile, files: readonly SeededFile[]): string {
  const rangeWidth = Math.max(...files.map((file) => file.range.length));
  const peopleWidth = Math.max(...files.map((file) => group(file.people).length));
  const noun = people === 1 ? 'person' : 'people';
  return `${range.padEnd(rangeWidth)}  ${group(people).padStart(peopleWidth)} ${noun}  ${humanBytes(bytes)}`;
}

function totals({ people, files, skipped, tookMs, dataset, isUnchanged }: SeedResult): string[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `${group(people)} ${people === 1 ? 'person' : 'people'} in ${files.length} ${files.length === 1 ? 'shard' : 'shards'}`,
    humanBytes(bytes),
    humanTime(tookMs),
    `dataset ${dataset}`,
    ...(skipped > 0 ? [`${group(skipped)} without a letter left out`] : []),
    ...(isUnchanged ? ['all there already'] : []),
  ];
}

/** Facts with dots between, on as few lines as they fit. */
function wrap(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const longer = `${lines.at(-1)} · ${fact}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(clip(fact, width));
  }
  return lines;
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** 1234567 as 1,234,567, wherever it runs. */
function group(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
