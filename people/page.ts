// A page: one representation of one slice of one letter, as bytes with its headers ready made (DESIGN §5).
// Shards make pages, routers keep them; both send them from here, so that validators and headers cannot differ.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { KEEP_ALIVE_MS } from '../runtime/door.ts';
import { ReadyAnswer } from '../runtime/ready-answer.ts';
import { type Encoding, JSON_TYPE, matchesEtag } from './page-request.ts';

/** What a page is besides its bytes. */
export interface PageFacts {
  /** Hash of the identity bytes, without quotes: the same for all encodings of a slice. */
  readonly hash: string;
  readonly encoding: Encoding;
  /** Target of the next page; null on the last. */
  readonly next: string | null;
  /** Range and dataset it came from. */
  readonly shard: string;
  readonly dataset: string;
}

export interface Page extends PageFacts {
  readonly etag: string;
  readonly body: Buffer;
  /** Flat name-value list for writeHead of a 200. */
  readonly headers: readonly string[];
  /** The same without those that describe the body: for a 304. */
  readonly bareHeaders: readonly string[];
}

/** A page that a process keeps, with its whole answers as bytes. */
export interface KeptPage extends Page {
  /** The page as it was made. */
  readonly original: Page;
  readonly answer: ReadyAnswer;
  readonly notModified: ReadyAnswer;
}

/** What a kept page costs in memory beside its body, its key and its link, about; in bytes. */
const KEPT_OVERHEAD = 3 * 1024;

/** What every answer of the endpoint says about caching. */
export const COMMON_HEADERS: readonly string[] = [
  'Vary',
  'Accept, Accept-Encoding',
  'Cache-Control',
  'public, no-cache',
];

/** Puts a page together; called for each page passed on, where an object spread would be half its cost. */
export function createPage({ hash, encoding, next, shard, dataset }: PageFacts, body: Buffer): Page {
  const etag = etagOf(hash, encoding);
  const bareHeaders = ['ETag', etag, ...COMMON_HEADERS, 'Shard', shard, 'Dataset', dataset];
  const headers = [
    'Content-Type',
    `${JSON_TYPE}; charset=utf-8`,
    'Content-Length',
    String(body.length),
    ...bareHeaders,
  ];
  if (encoding !== 'identity') headers.push('Content-Encoding', encoding);
  if (next !== null) headers.push('Link', nextLink(next));
  return { hash, encoding, next, shard, dataset, etag, body, headers, bareHeaders };
}

/** The strong ETag of an encoding: `"h"`, `"h-br"`, `"h-gzip"`. */
export function etagOf(hash: string, encoding: Encoding): string {
  return encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`;
}

/** The Link header that names the next page (RFC 8288). */
export function nextLink(target: string): string {
  return `<${target}>; rel="next"`;
}

/** The page to be kept, with further headers in all its answers. Its body is the answer's: they share their memory. */
export function keepPage(page: Page, more: readonly string[], hasRequestId: boolean): KeptPage {
  const headers = page.headers.concat(more);
  const bareHeaders = page.bareHeaders.concat(more);
  const common = { keepAliveMs: KEEP_ALIVE_MS, hasRequestId };
  const answer = new ReadyAnswer({ ...common, status: 200, headers, body: page.body });
  const notModified = new ReadyAnswer({ ...common, status: 304, headers: bareHeaders, body: Buffer.alloc(0) });
  const { body } = answer;
  return { ...page, headers, bareHeaders, body, answer, notModified, original: { ...page, body } };
}

/**
 * What a kept page and its key take of a bound, in bytes. A cursor is in the key, and clients can write long ones: who
 * counted only bodies would keep a multiple of the bound.
 */
export function sizeOfKept({ body, next }: Page, key: string): number {
  return body.length + key.length + (next?.length ?? 0) + KEPT_OVERHEAD;
}

/**
 * Sends a page, or 304 when the client has it, and returns the status; `extra` is a flat list of headers of this one
 * answer.
 */
export function sendPage(
  res: ServerResponse,
  page: Page,
  ifNoneMatch: string | undefined,
  extra?: readonly string[],
): 200 | 304 {
  const isKnown = ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, page.etag);
  const headers = isKnown ? page.bareHeaders : page.headers;
  const status = isKnown ? 304 : 200;
  res.writeHead(status, (extra ? headers.concat(extra) : headers) as string[]);
  if (isKnown || res.req.method === 'HEAD') res.end();
  else res.end(page.body);
  return status;
}

/** What a repeated request for a page may say besides which page it wants. */
export interface RepeatedRequest {
  readonly ifNoneMatch: string | undefined;
  readonly isHead: boolean;
}

/** As sendPage, straight to a socket that has nothing to send; null when the request id is of an odd length. */
export function repeatPage(
  socket: Socket,
  page: KeptPage,
  { ifNoneMatch, isHead }: RepeatedRequest,
  requestId?: string,
): 200 | 304 | null {
  const isKnown = ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, page.etag);
  const answer = isKnown ? page.notModified : page.answer;
  if (!answer.send(socket, requestId, isHead)) return null;
  return isKnown ? 304 : 200;
}
