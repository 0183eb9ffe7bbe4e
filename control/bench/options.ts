// What `npm run bench` takes. Pure: arguments in, options out, or a usage error that names flag, value and what is
// allowed.

import { parseArgs } from 'node:util';
import { messageOf, UserError } from '../../runtime/user-error.ts';
import { CONTENDERS, type ContenderName } from './contender.ts';

const KINDS = ['proxies', 'seed', 'scale'] as const;

export type BenchKind = (typeof KINDS)[number];

export interface BenchOptions {
  readonly kind: BenchKind;
  /** Short rounds, to try the bench itself; its figures say little. */
  readonly isQuick: boolean;
  /** 10 million people, too. */
  readonly isFull: boolean;
  /** Contenders wanted; null: all. */
  readonly only: readonly ContenderName[] | null;
  /** Where results go; null: docs/bench/. */
  readonly json: string | null;
  readonly isHelp: boolean;
}

export const HELP = `Usage: npm run bench -- [seed|scale] [flags]

Without a word: this router and shard against nginx, HAProxy, bare http-proxy, raw node:http and the way of the book.
  seed          wall time, CPU and memory of seeding 10 thousand, 100 thousand and 1 million people
  scale         2 workers against 1; shards of 10 thousand and 1 million people; a slow reader of a stream

Flags:
  --quick             short rounds: to see that it works, not for figures (under a minute)
  --full              seed, scale: 10 million people, too
  --only NAME,...     some contenders: ${CONTENDERS.map(({ name }) => name).join(', ')}
  --json FILE         where the results go, the chart beside them (default: docs/bench/)
  -h, --help          show this help
`;

/** Reads the arguments. Throws UserError (usage). */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const [word = 'proxies', ...more] = positionals;
  const kind = KINDS.find((candidate) => candidate === word);
  if (!kind || more.length > 0) {
    throw UserError.usage(`"${positionals.join(' ')}" is no bench; allowed: seed, scale, or nothing for the proxies`);
  }
  if (values.only !== undefined && kind !== 'proxies') throw UserError.usage(`--only is not for the bench "${kind}"`);
  if (values.full && kind === 'proxies') throw UserError.usage('--full is for the benches "seed" and "scale"');
  return {
    kind,
    isQuick: values.quick ?? false,
    isFull: values.full ?? false,
    only: values.only === undefined ? null : parseNames(values.only),
    json: values.json ?? null,
    isHelp: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        only: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw UserError.usage(`${messageOf(error).split('. ')[0]}; see "npm run bench -- --help"`);
  }
}

function parseNames(text: string): readonly ContenderName[] {
  return text.split(',').map((word) => {
    const contender = CONTENDERS.find(({ name }) => name === word.trim());
    if (!contender) {
      const allowed = CONTENDERS.map(({ name }) => name).join(', ');
      throw UserError.usage(`--only names "${word}", which is no contender; allowed: ${allowed}`);
    }
    return contender.name;
  });
}
