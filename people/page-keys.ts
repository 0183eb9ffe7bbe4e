// The name of a page in a process' memory: slice, encoding and dataset, as one string that is put together once for a
// query seen again (request-reader.ts gives equal requests the same query object).

import { DEFAULT_LIMIT, type Encoding, type PageQuery } from './page-request.ts';

export class PageKeys {
  readonly #known = new WeakMap<PageQuery, { readonly dataset: string; readonly keys: Map<Encoding, string> }>();

  of(query: PageQuery, encoding: Encoding, dataset: string): string {
    let known = this.#known.get(query);
    if (known?.dataset !== dataset) {
      known = { dataset, keys: new Map() };
      this.#known.set(query, known);
    }
    const ready = known.keys.get(encoding);
    if (ready !== undefined) return ready;
    const key = `${query.letter} ${query.limit ?? DEFAULT_LIMIT} ${query.cursor?.token ?? ''} ${encoding} ${dataset}`;
    known.keys.set(encoding, key);
    return key;
  }
}
