// Reading requests for people, remembering what was read: most requests repeat, and parsing one (percent-encoding,
// Unicode, q-values) costs more than answering it from memory. Invariant: only what was in order is remembered, so a
// memory never turns a bad request into a good one; its size is bounded, and it starts anew when it is full.

import type { IncomingMessage } from 'node:http';
import { negotiate, type PageQuery, type Parsed, parsePageQuery, type Representation } from './page-request.ts';

const REMEMBERED = 4_096;
const LONGEST = 512;

export class RequestReader {
  readonly #queries = new Map<string, PageQuery>();
  readonly #representations = new Map<string, Representation>();

  /** As parsePageQuery; equal targets give the same object. */
  query(target: string): Parsed<PageQuery> {
    const known = this.#queries.get(target);
    if (known) return { ok: true, value: known };
    const parsed = parsePageQuery(target);
    if (parsed.ok) remember(this.#queries, target, parsed.value);
    return parsed;
  }

  /** Whether this target was read before, and therefore is for people. */
  knows(target: string): boolean {
    return this.#queries.has(target);
  }

  /** As negotiate. */
  representation({ headers }: IncomingMessage): Parsed<Representation> {
    const { accept } = headers;
    const acceptEncoding = headers['accept-encoding'];
    const key = `${accept ?? '*/*'}\n${acceptEncoding ?? 'identity'}`;
    const known = this.#representations.get(key);
    if (known) return { ok: true, value: known };
    const parsed = negotiate(accept, acceptEncoding);
    if (parsed.ok) remember(this.#representations, key, parsed.value);
    return parsed;
  }
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  if (key.length > LONGEST) return;
  if (memory.size >= REMEMBERED) memory.clear();
  memory.set(key, value);
}
