// The router's cache: pages by what they are (letter, limit, cursor, encoding, dataset), bounded by bytes, least
// recently used goes first. Data is immutable, so a page is right as long as its dataset is the pool's; another dataset
// is another key, and old pages fall out by not being asked for.

import { LRUCache } from 'lru-cache';
import { type KeptPage, keepPage, type Page, sizeOfKept } from '../../people/page.ts';

const MB = 1024 * 1024;

export class PageCache {
  readonly #pages: LRUCache<string, KeptPage> | null;
  readonly #hitHeaders: readonly string[];

  /** `hitHeaders` go with every hit; 0 MB turns the cache off. */
  constructor(cacheMb: number, hitHeaders: readonly string[]) {
    this.#hitHeaders = hitHeaders;
    this.#pages =
      cacheMb === 0 ? null : new LRUCache<string, KeptPage>({ maxSize: cacheMb * MB, sizeCalculation: sizeOfKept });
  }

  get isOn(): boolean {
    return this.#pages !== null;
  }

  get bytes(): number {
    return this.#pages?.calculatedSize ?? 0;
  }

  /** A kept page, with the headers of a hit. */
  get(key: string): KeptPage | undefined {
    return this.#pages?.get(key);
  }

  /** A kept page as it was given; asking for it does not keep it longer. */
  original(key: string): Page | undefined {
    return this.#pages?.peek(key)?.original;
  }

  /** Keeps a page; false when the cache is off or the page too large for it. */
  set(key: string, page: Page): boolean {
    if (!this.#pages) return false;
    const known = this.#pages.peek(key);
    if (known?.etag === page.etag && known.shard === page.shard) return true; // another layout may have another range
    this.#pages.set(key, keepPage(page, this.#hitHeaders, false));
    return this.#pages.has(key);
  }
}
