// What was read once is remembered: that must make no difference but in time.

import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../../people/cursor.ts';
import { negotiate, parsePageQuery } from '../../people/page-request.ts';
import { RequestReader } from '../../people/request-reader.ts';

const PATH = '/api/people/byFirstName/';
const TOKEN = encodeCursor({ firstName: 'Jo', lastName: 'Lee', id: '1' });

const asking = (accept?: string, acceptEncoding?: string): IncomingMessage =>
  ({ headers: { accept, 'accept-encoding': acceptEncoding } }) as unknown as IncomingMessage;

describe('a target that was read before', () => {
  it('gives the same query', () => {
    const reader = new RequestReader();
    const [first, second] = [reader.query(`${PATH}J?limit=5`), reader.query(`${PATH}J?limit=5`)];
    expect(first).toEqual(parsePageQuery(`${PATH}J?limit=5`));
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
  });

  it('is known, unless it was refused', () => {
    const reader = new RequestReader();
    for (const target of ['J', 'AB', 'J?limit=0', 'J?cursor=x']) {
      for (let i = 0; i < 2; i++) reader.query(PATH + target);
    }
    expect(['J', 'AB', 'J?limit=0', 'J?cursor=x', 'K'].filter((target) => reader.knows(PATH + target))).toEqual(['J']);
  });

  it('is not remembered when it is very long', () => {
    const reader = new RequestReader();
    const long = `${PATH}J?x=${'y'.repeat(600)}`;
    expect([reader.query(long).ok, reader.knows(long)]).toEqual([true, false]);
  });

  it('is forgotten rather than letting the memory grow', () => {
    const reader = new RequestReader();
    const targets = Array.from({ length: 20_000 }, (_, i) => `${PATH}J?x=${i}`);
    for (const target of targets) reader.query(target);
    expect(targets.filter((target) => reader.knows(target)).length).toBeLessThanOrEqual(4_096);
    expect(reader.knows(targets.at(-1)!)).toBe(true);
  });
});

/** Targets that are in order and ones that almost are, so that they meet in one memory. */
const target = fc
  .tuple(
    fc.constantFrom('J', 'j', '%4A', '%C3%89', 'É', 'AB', '1', '', '%00', '%', 'J ', '%E2%82%AC'),
    fc.constantFrom('', '?', '?limit=5', '?limit=05', '?limit=0', '?limit=5&limit=5', '?x=1', '?Limit=0'),
    fc.constantFrom('', `&cursor=${TOKEN}`, `&cursor=${TOKEN}x`, '&cursor='),
    fc.constantFrom(PATH, `http://people.example${PATH}`),
  )
  .map(([letter, limit, cursor, path]) => `${path}${letter}${limit}${limit ? cursor : ''}`);

const header = fc.constantFrom(
  ...[
    undefined,
    '',
    '*/*',
    'application/json',
    'application/x-ndjson',
    'text/html',
    'identity',
    'br',
    'gzip, br;q=0.5',
  ],
  ...['identity;q=0', '*;q=0', 'application/json;q=0, */*', 'application/x-ndjson, application/json;q=0.9', 'nonsense'],
);

it('never turns a bad request into a good one, nor one request into another, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(target, header, header), { maxLength: 100 }), (requests) => {
      const reader = new RequestReader();
      for (const [target, accept, acceptEncoding] of requests) {
        expect(reader.query(target)).toEqual(parsePageQuery(target));
        expect(reader.representation(asking(accept, acceptEncoding))).toEqual(negotiate(accept, acceptEncoding));
        if (reader.knows(target)) expect(parsePageQuery(target).ok).toBe(true);
      }
    }),
  );
});
