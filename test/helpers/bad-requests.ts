// Requests that router and shard refuse with the same problem.

import { encodeCursor } from '../../people/cursor.ts';

export interface BadRequest {
  readonly what: string;
  readonly status: number;
  /** Written into the request line as it is, one byte a character. */
  readonly target: string;
  readonly method?: string;
  readonly fields?: readonly string[];
}

const PATH = '/api/people/byFirstName';
const JO = encodeCursor({ firstName: 'Jo', lastName: 'Lee', id: '1' });
const ADA = encodeCursor({ firstName: 'Ada', lastName: 'Lee', id: '1' });
const DAMAGED = `${JO.slice(0, -2)}${JO.endsWith('AA') ? 'BB' : 'AA'}`;

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...[
    ['two letters', 'AB'],
    ['a digit', '1'],
    ['no letter', ''],
    ['NUL', '%00'],
    ['broken percent-encoding', '%E0%A4%A'],
    ['half a percent sign', '%'],
    ['an encoded surrogate', '%ED%A0%80'],
    ['a way up', '..%2f'],
    ['dots', '%2e%2e'],
    ['a sign', '%E2%82%AC'],
    ['an emoji', '%F0%9F%98%80'],
    ['a mark without its letter', '%CC%81'],
    ['an encoded question mark', 'J%3Flimit=1'],
    ['a fragment', 'J#x'],
    ['5 kB of letters', 'J'.repeat(5_000)],
  ].map(([what, segment]) => ({ what: `${what} for a letter`, status: 400, target: `${PATH}/${segment}` })),
  ...['0', '-1', '1e9', 'abc', '', '1001', '+5', '%205', '5.0', '0x5', '5&limit=5', '5&limit=6'].map((limit) => ({
    what: `limit=${limit}`,
    status: 400,
    target: `${PATH}/J?limit=${limit}`,
  })),
  ...[
    ['empty', ''],
    ['foreign', 'bm90b3Vycw'],
    ['truncated', JO.slice(0, -4)],
    ['damaged', DAMAGED],
    ['not of base64url', `${JO}==`],
    ["another letter's", ADA],
    ['repeated', `${JO}&cursor=${JO}`],
    ['huge', 'A'.repeat(6_000)],
  ].map(([what, cursor]) => ({ what: `a ${what} cursor`, status: 400, target: `${PATH}/J?cursor=${cursor}` })),
  ...[
    '/',
    '//',
    '/api/people/byFirstName',
    '/api/people/byFirstName/J/',
    '/api/people/byFirstName/J/K',
    '/api/people/byfirstname/J',
    '/API/people/byFirstName/J',
    '//api/people/byFirstName/J',
    '/./api/people/byFirstName/J',
    '/api//people/byFirstName/J',
    '/%61pi/people/byFirstName/J',
    '/api/people/byLastName/J',
    '/readyz/',
    '/READYZ',
    '/metrics',
    '/%',
    '/?/api/people/byFirstName/J',
    'http://people.example',
    'http://people.example/elsewhere',
    'ftp://people.example/api/people/byFirstName/J',
  ].map((target) => ({ what: `path ${target}`, status: 404, target })),
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'M-SEARCH', 'QUERY'].map((method) => ({
    what: method,
    status: 405,
    target: `${PATH}/J`,
    method,
  })),
  ...['text/html', 'application/json;q=0, application/x-ndjson;q=0', '*/*;q=0', 'nonsense'].map((accept) => ({
    what: `Accept: ${accept}`,
    status: 406,
    target: `${PATH}/J`,
    fields: [`Accept: ${accept}`],
  })),
  ...['identity;q=0', '*;q=0', 'identity;q=0, deflate'].map((encoding) => ({
    what: `Accept-Encoding: ${encoding}`,
    status: 406,
    target: `${PATH}/J`,
    fields: [`Accept-Encoding: ${encoding}`],
  })),
  {
    what: 'a stream without identity',
    status: 406,
    target: `${PATH}/J`,
    fields: ['Accept: application/x-ndjson', 'Accept-Encoding: br, identity;q=0'],
  },
];
