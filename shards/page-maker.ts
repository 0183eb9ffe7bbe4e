// Pages of a shard: made once by slicing the shard's bytes, then kept (byte-bounded, least recently used goes first).
// Invariant: no person is ever parsed or serialised for a page, except the last one's key for `next`.
// Compression runs on libuv's threads, once per page and encoding however many ask at the same time.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { encodeCursor } from '../people/cursor.ts';
import { createPage, type KeptPage, keepPage, type Page, sizeOfKept } from '../people/page.ts';
import { PageKeys } from '../people/page-keys.ts';
import { DEFAULT_LIMIT, type Encoding, type PageQuery, pageTarget } from '../people/page-request.ts';
import { type LetterBlock, type Shard, sliceOfPeople, sortKeyAt } from '../people/shard-file.ts';
import { sliceOf } from './page-slice.ts';

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

const KEPT_BYTES = 16 * 1024 * 1024;
const BROTLI_QUALITY = 6;

/** Makes and keeps the pages of one shard. */
export class PageMaker {
  readonly #shard: Shard;
  readonly #kept = new LRUCache<string, KeptPage>({
    maxSize: KEPT_BYTES,
    sizeCalculation: sizeOfKept,
  });
  readonly #compressing = new Map<string, Promise<KeptPage>>();
  readonly #keys = new PageKeys();
  readonly #headers: readonly string[];

  /** `headers` are in all answers with its pages. */
  constructor(shard: Shard, headers: readonly string[]) {
    this.#shard = shard;
    this.#headers = headers;
  }

  /** The page of a query, if it is kept. */
  kept(query: PageQuery, encoding: Encoding): KeptPage | undefined {
    return this.#kept.get(this.#keys.of(query, encoding, this.#shard.dataset));
  }

  /** The page of a query: at once when it is kept or needs no compression. The letter must be the shard's. */
  page(query: PageQuery, encoding: Encoding): KeptPage | Promise<KeptPage> {
    const key = this.#keys.of(query, encoding, this.#shard.dataset);
    return (
      this.#kept.get(key) ?? (encoding === 'identity' ? this.#make(key, query) : this.#compress(key, query, encoding))
    );
  }

  #make(key: string, query: PageQuery): KeptPage {
    const people = this.#shard.letters.get(query.letter)!;
    return this.#keep(key, makePage(people, query, this.#shard));
  }

  #compress(key: string, query: PageQuery, encoding: 'br' | 'gzip'): Promise<KeptPage> {
    const running = this.#compressing.get(key);
    if (running) return running;
    const compressing = this.#compressed(key, query, encoding).finally(() => this.#compressing.delete(key));
    this.#compressing.set(key, compressing);
    return compressing;
  }

  async #compressed(key: string, query: PageQuery, encoding: 'br' | 'gzip'): Promise<KeptPage> {
    const plain = await this.page(query, 'identity');
    const body = await (encoding === 'gzip'
      ? compressGzip(plain.body)
      : compressBrotli(plain.body, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
            [constants.BROTLI_PARAM_SIZE_HINT]: plain.body.length,
          },
        }));
    return this.#keep(key, createPage({ ...plain, encoding }, body));
  }

  #keep(key: string, page: Page): KeptPage {
    const kept = keepPage(page, this.#headers, true);
    this.#kept.set(key, kept);
    return kept;
  }
}

function makePage(people: LetterBlock, query: PageQuery, shard: Shard): Page {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const { from, to } = sliceOf(people, query, limit);
  const next = to < people.count ? pageTarget(people.letter, limit, encodeCursor(sortKeyAt(people, to - 1))) : null;
  const body = Buffer.concat([
    Buffer.from(`{"letter":"${people.letter}","total":${people.count},"people":[`),
    sliceOfPeople(people, from, to),
    Buffer.from(`],"next":${JSON.stringify(next)}}\n`),
  ]);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 24);
  return createPage({ hash, encoding: 'identity', next, shard: shard.range, dataset: shard.dataset }, body);
}
