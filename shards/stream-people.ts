// NDJSON: a slice of a letter, one person a line, sent with backpressure.
// Invariant: the announced Content-Length is exact, and an answer that cannot be finished is cut, never ended.
// Cost: one chunk of about 64 KiB at a time, whatever the letter's size; other requests get their turn in between.

import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { encodeCursor } from '../people/cursor.ts';
import { COMMON_HEADERS, nextLink } from '../people/page.ts';
import { NDJSON_TYPE, type PageQuery, pageTarget } from '../people/page-request.ts';
import { type LetterBlock, SEPARATOR, type Shard, sortKeyAt } from '../people/shard-file.ts';
import { type Slice, sliceOf } from './page-slice.ts';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Size of a slice as NDJSON: each person's bytes and a newline. */
export function ndjsonLength({ starts }: LetterBlock, { from, to }: Slice): number {
  return from >= to ? 0 : starts[to]! - starts[from]! - (to - from) * (SEPARATOR.length - 1);
}

/** A slice as NDJSON, in chunks of whole lines. */
export function* ndjsonChunks(people: LetterBlock, { from, to }: Slice): Generator<Buffer> {
  const { block, starts } = people;
  for (let first = from; first < to; ) {
    let end = first + 1;
    while (end < to && starts[end + 1]! - starts[first]! <= CHUNK_BYTES) end++;
    const chunk = Buffer.allocUnsafe(ndjsonLength(people, { from: first, to: end }));
    let at = 0;
    for (let person = first; person < end; person++) {
      at += block.copy(chunk, at, starts[person], starts[person + 1]! - SEPARATOR.length);
      chunk[at++] = NEWLINE;
    }
    yield chunk;
    first = end;
  }
}

/** Sends a slice, or only its head; `headers` is a flat list of this answer's further headers. */
export async function sendStream(
  res: ServerResponse,
  shard: Shard,
  query: PageQuery,
  headers: readonly string[],
): Promise<void> {
  const people = shard.letters.get(query.letter)!;
  const slice = sliceOf(people, query, Number.POSITIVE_INFINITY);
  const list = ['Content-Type', NDJSON_TYPE, 'Content-Length', String(ndjsonLength(people, slice))];
  list.push(...COMMON_HEADERS, 'Shard', shard.range, 'Dataset', shard.dataset, ...headers);
  if (slice.to < people.count && slice.to > slice.from) {
    const cursor = encodeCursor(sortKeyAt(people, slice.to - 1));
    list.push('Link', nextLink(pageTarget(query.letter, query.limit, cursor)));
  }
  res.writeHead(200, list);
  if (res.req.method === 'HEAD') res.end();
  else await sendChunks(res, ndjsonChunks(people, slice));
}

/** Writes chunks as fast as the reader takes them, and ends; gives up when the connection does. */
export async function sendChunks(res: ServerResponse, chunks: Iterable<Buffer>): Promise<void> {
  for (const chunk of chunks) {
    if (res.destroyed) return;
    if (res.write(chunk)) await setImmediate();
    else await drainOrClose(res);
  }
  if (!res.destroyed) res.end();
}

/** A pair of `once` would leave the listener that is not called with each chunk. */
function drainOrClose(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      res.off('drain', goOn).off('close', goOn);
      resolve();
    };
    res.on('drain', goOn).on('close', goOn);
  });
}
