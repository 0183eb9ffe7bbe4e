// A page: one representation of one slice of one letter, as bytes with its headers ready made (DESIGN §5).
// Shards make pages, routers keep them; both send them from here, so that validators and headers cannot differ.

import type { ServerResponse } from 'node:http';
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

/** What every answer of the endpoint says about caching. */
export const COMMON_HEADERS: readonly string[] = [
  'Vary',
  'Accept, Accept-Encoding',
  'Cache-Control',
  'public, no-cache',
];

/** Puts a page together. */
export function createPage(facts: PageFacts, body: Buffer): Page {
  const etag = etagOf(facts.hash, facts.encoding);
  const bareHeaders = ['ETag', etag, ...COMMON_HEADERS, 'Shard', facts.shard, 'Dataset', facts.dataset];
  const headers = [
    'Content-Type',
    `${JSON_TYPE}; charset=utf-8`,
    'Content-Length',
    String(body.length),
    ...bareHeaders,
  ];
  if (facts.encoding !== 'identity') headers.push('Content-Encoding', facts.encoding);
  if (facts.next !== null) headers.push('Link', nextLink(facts.next));
  return { ...facts, etag, body, headers, bareHeaders };
}

/** The strong ETag of an encoding: `"h"`, `"h-br"`, `"h-gzip"`. */
export function etagOf(hash: string, encoding: Encoding): string {
  return encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`;
}

/** The Link header that names the next page (RFC 8288). */
export function nextLink(target: string): string {
  return `<${target}>; rel="next"`;
}

/**
 * Sends a page, or 304 when the client has it, and returns the status; `extra` is a flat list of headers of this one
 * answer.
 */
export function sendPage(
  res: ServerResponse,
  page: Page,
  ifNoneMatch: string | undefined,
  extra: readonly string[],
): 200 | 304 {
  return sendReady(res, readyPage(page, extra), ifNoneMatch);
}

/** A page with all headers of its answers ready made. */
export interface ReadyPage {
  readonly etag: string;
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly bareHeaders: readonly string[];
}

/** Adds headers to a page once, for all its answers. */
export function readyPage({ etag, body, headers, bareHeaders }: Page, extra: readonly string[]): ReadyPage {
  return { etag, body, headers: headers.concat(extra), bareHeaders: bareHeaders.concat(extra) };
}

/** As sendPage, without putting headers together. */
export function sendReady(res: ServerResponse, page: ReadyPage, ifNoneMatch: string | undefined): 200 | 304 {
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, page.etag)) {
    res.writeHead(304, page.bareHeaders as string[]);
    res.end();
    return 304;
  }
  res.writeHead(200, page.headers as string[]);
  if (res.req.method === 'HEAD') res.end();
  else res.end(page.body);
  return 200;
}
