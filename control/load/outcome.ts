// What became of one request of a load. Nothing that was due goes missing: it was answered, it failed, or it was still
// waiting when the load ended. `latencyMs` is from when it was due to its last byte, its failure or the end.

import type { IncomingHttpHeaders } from 'node:http';
import type { Letter } from '../../people/letter.ts';

/** How the router came by an answer, of its Cache-Status (DESIGN §5): `request` means the client said no-cache. */
export type CacheOutcome = 'hit' | 'miss' | 'collapsed' | 'request' | 'bypass';

/** What the headers of an answer tell; null where they don't. */
export interface Origin {
  /** Instance and worker: `e-p-1a2b3c/4711`, or `router/4710`. */
  readonly servedBy: string | null;
  readonly range: string | null;
  readonly cache: CacheOutcome | null;
}

interface Asked {
  readonly letter: Letter;
  /** Ms after the start of the load. */
  readonly endedAtMs: number;
  readonly latencyMs: number;
}

export type Outcome =
  | (Asked & {
      readonly kind: 'answered';
      readonly status: number;
      /** Of the body. */
      readonly bytes: number;
      readonly origin: Origin;
    })
  /** No whole answer; `reason` is an error code like ECONNRESET, or `timeout`. */
  | (Asked & { readonly kind: 'failed'; readonly reason: string })
  /** Sent, and not answered when the load ended. */
  | (Asked & { readonly kind: 'unfinished' })
  /** Due, and not sent when the load ended: every connection was busy. */
  | (Asked & { readonly kind: 'unsent' });

const FORWARDED: ReadonlyMap<string, CacheOutcome> = new Map([
  ['uri-miss', 'miss'],
  ['request', 'request'],
  ['bypass', 'bypass'],
]);

/** Reads who answered, and whether from a cache (RFC 9211). */
export function originOf(headers: IncomingHttpHeaders): Origin {
  return {
    servedBy: single(headers['served-by']),
    range: single(headers.shard),
    cache: cacheOutcome(single(headers['cache-status']) ?? ''),
  };
}

function cacheOutcome(cacheStatus: string): CacheOutcome | null {
  const [, ...parameters] = cacheStatus.split(';').map((part) => part.trim());
  if (parameters.includes('hit')) return 'hit';
  if (parameters.includes('collapsed')) return 'collapsed';
  const forwarded = parameters.find((parameter) => parameter.startsWith('fwd='));
  return FORWARDED.get(forwarded?.slice('fwd='.length) ?? '') ?? null;
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
