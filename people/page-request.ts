// What a client asks for: URL and negotiation headers → a page query, or the problem to answer with.
// Router and shard both read requests here, so the same mistake gets the same answer from either.

import Negotiator from 'negotiator';
import { originForm, type Problem } from '../runtime/problem.ts';
import { decodeCursor } from './cursor.ts';
import { type Letter, letterOfRequest } from './letter.ts';
import type { SortKey } from './person.ts';

/** The one public path, up to its letter. */
export const PEOPLE_PATH = '/api/people/byFirstName/';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** A slice of one letter. */
export interface PageQuery {
  readonly letter: Letter;
  /** Persons wanted, 1 to 1000; null when the client named no limit. */
  readonly limit: number | null;
  /** The place to go on after, as the client's token and as the key it stands for; null for the beginning. */
  readonly cursor: { readonly token: string; readonly after: SortKey } | null;
}

export type Encoding = 'identity' | 'br' | 'gzip';

/** How a page is written. Streams are never compressed. */
export type Representation =
  | { readonly type: 'json'; readonly encoding: Encoding }
  | { readonly type: 'ndjson'; readonly encoding: 'identity' };

/** The typings are of an older negotiator: on equal q-values the preferred (smaller) encoding wins. */
type WithPreference = {
  encoding(available: readonly string[], options: { preferred: readonly string[] }): string | undefined;
};

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export const JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';

/** Whether the target is the people path at all (one segment after it, which may be wrong or empty). */
export function isPeopleTarget(target: string): boolean {
  const path = originForm(target);
  if (!path.startsWith(PEOPLE_PATH)) return false;
  const slash = path.indexOf('/', PEOPLE_PATH.length);
  if (slash < 0) return true;
  const query = path.indexOf('?');
  return query >= 0 && query < slash;
}

/** Reads letter, limit and cursor from a target that isPeopleTarget. */
export function parsePageQuery(target: string): Parsed<PageQuery> {
  const path = originForm(target);
  const queryAt = path.indexOf('?');
  const segment = path.slice(PEOPLE_PATH.length, queryAt < 0 ? undefined : queryAt);
  const decoded = decodeSegment(segment);
  const letter = decoded === null ? null : letterOfRequest(decoded);
  if (!letter) return bad(`The path must end in one letter, like ${PEOPLE_PATH}J; this does not: "${clip(segment)}".`);
  if (queryAt < 0) return { ok: true, value: { letter, limit: null, cursor: null } };

  const parameters = new URLSearchParams(path.slice(queryAt + 1));
  const limit = parseLimit(parameters.getAll('limit'));
  if (!limit.ok) return limit;
  const cursor = parseCursor(parameters.getAll('cursor'), letter);
  if (!cursor.ok) return cursor;
  return { ok: true, value: { letter, limit: limit.value, cursor: cursor.value } };
}

/** The canonical target of a page: what the router asks a shard for, and what `next` says. */
export function pageTarget(letter: Letter, limit: number | null, cursorToken: string | null): string {
  const path = PEOPLE_PATH + letter;
  if (cursorToken === null) return limit === null ? path : `${path}?limit=${limit}`;
  return limit === null ? `${path}?cursor=${cursorToken}` : `${path}?limit=${limit}&cursor=${cursorToken}`;
}

/**
 * Chooses the representation by Accept and Accept-Encoding with their q-values (RFC 9110 §12); 406 when the client
 * accepts none of ours.
 */
export function negotiate(accept: string | undefined, acceptEncoding: string | undefined): Parsed<Representation> {
  const negotiator = new Negotiator({
    headers: { accept: accept ?? '*/*', 'accept-encoding': acceptEncoding ?? 'identity' },
  });
  const type = negotiator.mediaType([JSON_TYPE, NDJSON_TYPE]);
  if (!type) return notAcceptable(`Pages are ${JSON_TYPE} or ${NDJSON_TYPE}; Accept allows neither.`);
  if (type === NDJSON_TYPE) {
    return negotiator.encoding(['identity'])
      ? { ok: true, value: { type: 'ndjson', encoding: 'identity' } }
      : notAcceptable('Streams are sent as they are; Accept-Encoding forbids identity.');
  }
  const encoding = (negotiator as WithPreference).encoding(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] });
  if (!encoding) return notAcceptable('Pages are sent as br, gzip or identity; Accept-Encoding allows none of them.');
  return { ok: true, value: { type: 'json', encoding: encoding as Encoding } };
}

/** Whether an If-None-Match header names this strong ETag (RFC 9110 §13.1.2: weak comparison, lists, `*`). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null; // URIError: broken percent-encoding
  }
}

function parseLimit(values: readonly string[]): Parsed<number | null> {
  const [text] = values;
  if (text === undefined) return { ok: true, value: null };
  if (values.length > 1) return bad('There is more than one limit.');
  const limit = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT)
    return bad(`limit must be a whole number from 1 to ${MAX_LIMIT}, not "${clip(text)}".`);
  return { ok: true, value: limit };
}

function parseCursor(values: readonly string[], letter: Letter): Parsed<PageQuery['cursor']> {
  const [token] = values;
  if (token === undefined) return { ok: true, value: null };
  if (values.length > 1) return bad('There is more than one cursor.');
  const after = decodeCursor(token, letter);
  if (!after) return bad(`This cursor is not one of letter ${letter}; take it from "next" of a page before.`);
  return { ok: true, value: { token, after } };
}

function bad(detail: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { status: 400, detail } };
}

function notAcceptable(detail: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { status: 406, detail } };
}

function clip(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
