// What is asked of this product (issue 5), held against what was measured. Pure.

import { figure } from './text-table.ts';

export interface Target {
  readonly text: string;
  readonly value: number;
  /** `×`, `s`, `MB`. */
  readonly unit: string;
  /** Null: shown, not judged. */
  readonly limit: Limit | null;
  readonly isMet: boolean | null;
}

export interface Limit {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
}

export function atMost(value: number): Limit {
  return { kind: 'at most', value };
}

export function atLeast(value: number): Limit {
  return { kind: 'at least', value };
}

/** Judges a value; none where it was not measured (null). */
export function judge(text: string, value: number | null, unit: string, limit: Limit | null): readonly Target[] {
  if (value === null) return [];
  const isMet = limit && (limit.kind === 'at most' ? value <= limit.value : value >= limit.value);
  return [{ text, value, unit, limit, isMet }];
}

/** One line: the value, what it is of, what is asked. */
export function targetText({ text, value, unit, limit }: Target): string {
  const asked = limit ? ` (${limit.kind} ${limit.value})` : '';
  return `${figure(value)}${unit === '×' ? '' : ' '}${unit}  ${text}${asked}`;
}
