// The router's cache: pages by what they are (letter, limit, cursor, encoding, dataset), bounded by bytes, least
// recently used goes first. Data is immutable, so a page is right as long as its dataset is the pool's; another dataset
// is another key, and old pages fall out by not being asked for.

import { LRUCache } from 'lru-cache';
import type { Page } from '../people/page.ts';
import { DEFAULT_LIMIT, type Encoding, type PageQuery } from '../people/page-request.ts';

/** A page with the headers of a hit ready made. */
export interface KeptPage {
  readonly page: Page;
  readonly hitHeaders: readonly string[];
}

/** What a kept page costs beside its body, about. */
const PAGE_OVERHEAD = 2 * 1024;
const MB = 1024 * 1024;

export class PageCache {
  readonly #pages: LRUCache<string, KeptPage> | null;
  readonly #hitHeaders: readonly string[];

  /** `hitHeaders` go with every hit; 0 MB turns the cache off. */
  constructor(cacheMb: number, hitHeaders: readonly string[]) {
    this.#hitHeaders = hitHeaders;
    this.#pages =
      cacheMb === 0
        ? null
        : new LRUCache({ maxSize: cacheMb * MB, sizeCalculation: ({ page }) => page.body.length + PAGE_OVERHEAD });
  }

  get isOn(): boolean {
    return this.#pages !== null;
  }

  get bytes(): number {
    return this.#pages?.calculatedSize ?? 0;
  }

  get(key: string): KeptPage | undefined {
    return this.#pages?.get(key);
  }

  /** Keeps a page; false when the cache is off or the page too large for it. */
  set(key: string, page: Page): boolean {
    if (!this.#pages) return false;
    this.#pages.set(key, { page, hitHeaders: this.#hitHeaders });
    return this.#pages.has(key);
  }
}

/** The key of a page in a dataset. */
export function pageKey({ letter, limit, cursor }: PageQuery, encoding: Encoding, dataset: string): string {
  return `${letter} ${limit ?? DEFAULT_LIMIT} ${cursor?.token ?? ''} ${encoding} ${dataset}`;
}
