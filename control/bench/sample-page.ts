// The page all contenders serve: of one letter of the upstream's range, the first page that is nearest to 12 kB.

import { PEOPLE_PATH } from '../../people/page-request.ts';
import { lettersOf, type Range } from '../../people/range.ts';
import { ask } from './ask.ts';

export interface SamplePage {
  readonly letter: string;
  /** Target of the page: path and query. */
  readonly target: string;
  readonly body: Buffer;
  readonly etag: string;
  /** All people of the letter. */
  readonly total: number;
  /** Name-value list of what the shard says with it. */
  readonly headers: readonly string[];
}

const WANTED_BYTES = 12_000;
/** What Node adds by itself. */
const ADDED_BY_NODE = /^(?:Date|Connection|Keep-Alive)$/i;

/** Asks the shard for every first page of its range and takes the best. */
export async function findSamplePage(shardUrl: string, range: Range): Promise<SamplePage> {
  const pages = await Promise.all(lettersOf(range).map((letter) => readPage(shardUrl, letter)));
  return nearestTo(WANTED_BYTES, pages);
}

/** The page whose size is nearest to so many bytes. */
export function nearestTo<T extends { readonly body: { readonly length: number } }>(
  bytes: number,
  pages: readonly T[],
): T {
  const distance = ({ body }: T): number => Math.abs(body.length - bytes);
  return pages.reduce((best, page) => (distance(page) < distance(best) ? page : best));
}

async function readPage(shardUrl: string, letter: string): Promise<SamplePage> {
  const target = PEOPLE_PATH + letter;
  const { headers, rawHeaders, body } = await ask(shardUrl + target);
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1]!]] : []));
  return {
    letter,
    target,
    body,
    etag: headers.etag ?? '',
    total: JSON.parse(body.toString()).total,
    headers: pairs.filter(([name]) => !ADDED_BY_NODE.test(name!)).flat(),
  };
}
