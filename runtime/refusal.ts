// What is wrong with a request before anybody asks what it wants (DESIGN §5), as problems. Pure.

import type { IncomingMessage } from 'node:http';
import { type Problem, pathOf } from './problem.ts';

/** Methods the people API answers; the Allow header of a 405. */
export const ALLOWED_METHODS = 'GET, HEAD, OPTIONS';

/** Largest head of a request; the parser refuses larger ones. */
export const HEAD_LIMIT = 16 * 1024;

/** CONNECT never becomes a request. */
export const CONNECT_REFUSED: Problem = {
  status: 405,
  detail: 'CONNECT is not supported.',
  headers: { Allow: ALLOWED_METHODS },
};

/** What Node's parser tells of bytes it refuses. */
export type ParserError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

const EXPECTATION_FAILED: Problem = {
  status: 417,
  detail: 'Only "Expect: 100-continue" is understood.',
  isFatal: true,
};
const URL_LIMIT = 8 * 1024;
/** RFC 9112 §3.2, RFC 3986 §3.2.2, without the comma that would hide two values in one. */
const HOST = /^(?:[\w.~%!$&'()*+;=-]*|\[[\w:.%]+\])(?::\d*)?$/;

/** Why a parsed request must not be handled; null when it may. */
export function refusalOf(req: IncomingMessage): Problem | null {
  const raw = req.rawHeaders;
  let hosts = 0;
  let lengths = 0;
  let hasBody = false;
  if (req.httpVersionMajor !== 1) return fatal('Only HTTP/1.1 and HTTP/1.0 are understood.');
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length === 4) {
      if (name === 'Host' || name === 'host' || name.toLowerCase() === 'host') {
        hosts++;
        if (!HOST.test(raw[i + 1]!)) return fatal('The Host header is not a host.');
      }
    } else if (name.length === 6) {
      if (name.toLowerCase() !== 'expect' || raw[i + 1]!.toLowerCase() === '100-continue') continue;
      if (req.httpVersionMinor > 0) return EXPECTATION_FAILED;
    } else if (name.length === 14) {
      if (name.toLowerCase() !== 'content-length') continue;
      const value = raw[i + 1]!;
      lengths++;
      if (!/^(0|[1-9]\d*)$/.test(value)) return fatal('The Content-Length header is not a plain number.');
      hasBody ||= value !== '0';
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      return fatal('Transfer-Encoding is not accepted: requests have no body here.');
    }
  }
  if (hosts > 1) return fatal('There is more than one Host header.');
  if (hosts === 0 && req.httpVersionMinor > 0) return fatal('The Host header is missing.');
  if (lengths > 1) return fatal('There is more than one Content-Length header.');
  if (hasBody) return { status: 413, detail: 'Requests have no body here.', isFatal: true };
  if (req.url!.length > URL_LIMIT) return { status: 414, detail: 'The URL is longer than 8 KiB.' };
  return null;
}

/** What the parser's refusal means to a client; null when nobody is left to tell. */
export function parserProblem(error: ParserError): Problem | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return isUrlTooLong(error.rawPacket)
        ? { status: 414, detail: 'The URL is longer than 8 KiB.' }
        : { status: 431, detail: 'The head of the request is larger than 16 KiB.' };
    default:
      return { status: 400, detail: 'This is not a well-formed HTTP/1.1 request.' };
  }
}

/** The problem for an unknown path. */
export function notFound(req: IncomingMessage): Problem {
  return { status: 404, detail: `There is nothing at ${pathOf(req.url ?? '').slice(0, 256)}.` };
}

function fatal(detail: string): Problem {
  return { status: 400, detail, isFatal: true };
}

function isUrlTooLong(packet: Buffer | undefined): boolean {
  if (!packet || !/^[A-Z]+ \S/.test(packet.toString('latin1', 0, 32))) return false;
  const lineEnd = packet.indexOf(0x0a);
  return (lineEnd < 0 ? packet.length : lineEnd) > URL_LIMIT;
}
