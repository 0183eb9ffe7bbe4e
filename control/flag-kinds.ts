// Kinds of values that flags take. A kind reads text (from the command line or the environment) and writes it back for
// a child process. Invariant: parse(format(value)) equals value. What is wrong is said without the flag's name: who
// parses adds it.

import { InvalidArgumentError } from 'commander';
import { type Layout, parseLayout, parseRange, type Range } from '../people/range.ts';
import { messageOf } from '../runtime/user-error.ts';

/** How values of one sort are read and written. `parse` throws InvalidArgumentError that says what is allowed. */
export interface Kind<T> {
  /** Stands for the value in the help: `--port <port>`. */
  readonly placeholder: string;
  parse(text: string): T;
  format(value: T): string;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 } as const;
const DURATION = /^(\d{1,7})(ms|s|m)$/;

/** A whole number from `min` to `max`. */
export function wholeNumber(placeholder: string, min: number, max: number): Kind<number> {
  return {
    placeholder,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
      if (value < min || value > max)
        throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
      return value;
    },
    format: String,
  };
}

/** A time with its unit, `500ms`, `10s` or `2m`, as ms; from `minMs` to `maxMs`. */
export function duration(minMs: number, maxMs = Number.POSITIVE_INFINITY): Kind<number> {
  const format = (ms: number): string => {
    if (ms > 0 && ms % UNIT_MS.m === 0) return `${ms / UNIT_MS.m}m`;
    return ms % UNIT_MS.s === 0 ? `${ms / UNIT_MS.s}s` : `${ms}ms`;
  };
  const least = minMs > 0 ? ` of at least ${minMs}ms` : '';
  const most = maxMs < Number.POSITIVE_INFINITY ? ` of at most ${format(maxMs)}` : '';
  const bounds = least && most ? `${least} and${most.replace(' of', '')}` : least + most;
  return {
    placeholder: 'time',
    parse: (text) => {
      const [, count, unit] = DURATION.exec(text) ?? [];
      const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
      if (!(ms >= minMs && ms <= maxMs)) {
        throw new InvalidArgumentError(`It must be a time${bounds} with its unit, like 500ms, 10s or 2m.`);
      }
      return ms;
    },
    format,
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(placeholder: string, words: readonly T[]): Kind<T> {
  return {
    placeholder,
    parse: (text) => {
      const word = words.find((candidate) => candidate === text);
      if (!word) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
      return word;
    },
    format: String,
  };
}

/** Any text but the empty one. */
export function text(placeholder: string): Kind<string> {
  return {
    placeholder,
    parse: (value) => {
      if (value === '') throw new InvalidArgumentError('It must not be empty.');
      return value;
    },
    format: String,
  };
}

/** Text of one form, with the words that describe the form. */
export function textLike(placeholder: string, form: RegExp, description: string): Kind<string> {
  return {
    placeholder,
    parse: (value) => {
      if (!form.test(value)) throw new InvalidArgumentError(`It must be ${description}.`);
      return value;
    },
    format: String,
  };
}

/** Words with commas between them. */
export function wordList(placeholder: string): Kind<readonly string[]> {
  return {
    placeholder,
    parse: (value) => {
      const words = value.split(',').map((word) => word.trim());
      if (words.some((word) => word === '')) {
        throw new InvalidArgumentError('It must be one name, or several with commas between them.');
      }
      return words;
    },
    format: (words) => words.join(','),
  };
}

/** A layout, `A-D,E-P,Q-Z`. */
export const layout: Kind<Layout> = {
  placeholder: 'layout',
  parse: (value) => explained(() => parseLayout(value)),
  format: (ranges) => ranges.join(','),
};

/** A range, `A-D` or `S`. */
export const range: Kind<Range> = {
  placeholder: 'range',
  parse: (value) => explained(() => parseRange(value)),
  format: String,
};

/** Workers per instance: one number for all ranges, or some ranges with numbers of their own. */
export interface WorkerPlan {
  readonly usual: number;
  readonly byRange: ReadonlyMap<Range, number>;
}

/** `2`, or `A-D=1,E-P=4` (ranges not named get `usual`). */
export function workerPlan(usual: number, max: number): Kind<WorkerPlan> {
  const count = wholeNumber('n', 1, max);
  return {
    placeholder: 'plan',
    parse: (value) => {
      if (!value.includes('=')) return { usual: count.parse(value), byRange: new Map() };
      const entries = value.split(',').map((part): [Range, number] => {
        const [range = '', workers = ''] = part.split('=');
        return [explained(() => parseRange(range)), count.parse(workers)];
      });
      return { usual, byRange: new Map(entries) };
    },
    format: ({ usual, byRange }) =>
      byRange.size === 0 ? String(usual) : [...byRange].map(([range, workers]) => `${range}=${workers}`).join(','),
  };
}

/** Lets the domain's parser speak for itself. */
function explained<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(`The ${messageOf(error)}.`.replace('The "', '"'));
  }
}
