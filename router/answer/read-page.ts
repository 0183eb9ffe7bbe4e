// A shard's answer, made a page of ours: by allow-list, checked, whole. Nothing else of it reaches a client.

import type { IncomingMessage } from 'node:http';
import { createPage, etagOf, type Page } from '../../people/page.ts';
import { type Encoding, JSON_TYPE, NDJSON_TYPE, PEOPLE_PATH } from '../../people/page-request.ts';
import { type Attempt, AttemptError } from '../upstream/upstream.ts';

/** A page and who made it. */
export interface ServedPage {
  readonly page: Page;
  readonly servedBy: string;
}

const JSON_CONTENT = new RegExp(`^${JSON_TYPE} *(?:;|$)`, 'i');
const BODY_LIMIT = 256 * 1024 * 1024;
const HASH = /^"([0-9a-f]+)(?:-(?:br|gzip))?"$/;
/** Only a link into the public path may pass: another would name an address of ours, or lead elsewhere. */
const NEXT_LINK = new RegExp(`^<(${PEOPLE_PATH}[^<>\\s]+)>; rel="next"$`);

/** What a page must be, and how long it may take. */
export interface ExpectedPage {
  readonly encoding: Encoding;
  /** The same page as it came before, if it is known: what is the same of it is not made again. */
  readonly recall: (dataset: string) => Page | undefined;
  /** In ms, without a byte of it coming: a little later it is given up, for another instance. */
  readonly stallMs: number;
  /** In ms, in all. */
  readonly remainingMs: number;
}

/** Reads the whole page. Throws AttemptError: `reset` when it ends early, `timeout`, `invalid` when it is no page. */
export async function readPage(answer: IncomingMessage, attempt: Attempt, expected: ExpectedPage): Promise<ServedPage> {
  const { headers } = answer;
  const { encoding, recall } = expected;
  checkHead(answer);
  const origin = originOf(answer);
  const etag = headers.etag ?? '';
  const known = recall(origin.dataset);
  const hash = HASH.exec(etag)?.[1];
  if (!JSON_CONTENT.test(headers['content-type'] ?? '')) throw invalid('its type is not JSON');
  if (!hash || etag !== etagOf(hash, encoding)) throw invalid('its ETag is not of this encoding');
  if ((headers['content-encoding'] ?? 'identity') !== encoding) throw invalid('its encoding was not asked for');
  const body = await readBody(answer, attempt, expected);
  const servedBy = servedByOf(answer);
  // Equal strong ETags are equal bytes (RFC 9110 §8.8.1).
  if (known && known.etag === etag && known.body.length === body.length && known.shard === origin.shard) {
    return { page: known, servedBy };
  }
  const next = NEXT_LINK.exec(single(headers.link))?.[1] ?? null;
  return { page: createPage({ hash, encoding, next, shard: origin.shard, dataset: origin.dataset }, body), servedBy };
}

/** Headers of a stream, from an answer that is one. Throws AttemptError. */
export function streamHeaders(answer: IncomingMessage): string[] {
  checkHead(answer);
  const { headers } = answer;
  if (headers['content-type'] !== NDJSON_TYPE) throw invalid('its type is not NDJSON');
  const { shard, dataset } = originOf(answer);
  const list = ['Content-Type', NDJSON_TYPE, 'Shard', shard, 'Dataset', dataset, 'Served-By', servedByOf(answer)];
  if (headers['content-length']) list.push('Content-Length', headers['content-length']);
  const link = single(headers.link);
  if (NEXT_LINK.test(link)) list.push('Link', link);
  return list;
}

function checkHead({ statusCode, headers }: IncomingMessage): void {
  if (statusCode === 200) {
    // Where only the end of the connection ends a body, half of it looks whole.
    if (headers['content-length'] === undefined && headers['transfer-encoding'] !== 'chunked') {
      throw invalid('it does not tell where it ends');
    }
    return;
  }
  if (statusCode === 503) throw new AttemptError('refused', 'the instance is leaving');
  if (statusCode === 421) throw new AttemptError('misdirected');
  throw invalid(`its status is ${statusCode}`);
}

function originOf({ headers }: IncomingMessage): { shard: string; dataset: string } {
  const { shard, dataset } = headers;
  if (typeof shard !== 'string' || typeof dataset !== 'string') throw invalid('it names no shard and dataset');
  return { shard, dataset };
}

function servedByOf({ headers }: IncomingMessage): string {
  const value = headers['served-by'];
  return typeof value === 'string' ? value : 'unknown';
}

function readBody(answer: IncomingMessage, attempt: Attempt, { stallMs, remainingMs }: ExpectedPage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let timer: NodeJS.Timeout;
    // One timer, mostly of one length for all pages, which is cheap in Node: it looks whether anything came.
    const watch = (leftMs: number, before: number): void => {
      const ms = Math.min(stallMs, leftMs);
      timer = setTimeout(() => {
        if (length === before || leftMs <= ms) fail(new AttemptError('timeout'));
        else watch(leftMs - ms, length);
      }, ms);
    };
    watch(remainingMs, 0);
    const fail = (error: AttemptError): void => {
      clearTimeout(timer);
      reject(error);
      attempt.abort();
    };
    answer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_LIMIT) fail(invalid('it is too large'));
      else chunks.push(chunk);
    });
    answer.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
    });
    answer.on('error', (error) => fail(new AttemptError('reset', error)));
    answer.on('aborted', () => fail(new AttemptError('reset')));
  });
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

function invalid(why: string): AttemptError {
  return new AttemptError('invalid', why);
}
