import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../../people/cursor.ts';
import { LETTERS, type Letter } from '../../people/letter.ts';
import {
  isPeopleTarget,
  matchesEtag,
  negotiate,
  PEOPLE_PATH,
  pageTarget,
  parsePageQuery,
} from '../../people/page-request.ts';

const JO = { firstName: 'Jo', lastName: 'Doe', id: 'p1' };
const TOKEN = encodeCursor(JO);

/** What a target asks for, or the status and detail of its refusal. */
function ask(rest: string): unknown {
  const parsed = parsePageQuery(PEOPLE_PATH + rest);
  return parsed.ok ? parsed.value : { status: parsed.problem.status, detail: parsed.problem.detail };
}

const refused = (about: string): unknown => ({ status: 400, detail: expect.stringContaining(about) });

describe('the path', () => {
  it.each([
    ['J', true],
    ['', true],
    ['%2F', true],
    ['J?x=/', true],
    ['J/', false],
    ['J/K', false],
    ['J/?x', false],
  ])('/api/people/byFirstName/%s is the people path: %s', (rest, isIt) => {
    expect(isPeopleTarget(PEOPLE_PATH + rest)).toBe(isIt);
    expect(isPeopleTarget(`http://people.example${PEOPLE_PATH}${rest}`)).toBe(isIt);
  });

  it.each([
    '/',
    '/api/people/byFirstName',
    '/api/people/byfirstname/J',
    '/API/people/byFirstName/J',
    '//api/people/byFirstName/J',
    '*',
    '',
  ])('%j is not', (target) => {
    expect(isPeopleTarget(target)).toBe(false);
  });
});

describe('the letter', () => {
  it.each([
    ['J', 'J'],
    ['j', 'J'],
    ['%4A', 'J'],
    ['%C3%89', 'E'],
    ['E%CC%81', 'E'],
    ['É', 'E'],
    ['%C3%B8', 'O'],
    ['%E6%9D%8E', 'L'],
  ])('%s is %s', (segment, letter) => {
    expect(ask(segment)).toEqual({ letter, limit: null, cursor: null });
  });

  it.each([
    'AB',
    '1',
    '',
    '%00',
    'A%00',
    '%E0%A4%A',
    '%',
    '%zz',
    '%C3',
    '%ED%A0%80',
    '..%2f',
    '..%2F..%2Fetc%2Fpasswd',
    '%2e%2e',
    '%E2%82%AC',
    '€',
    '%F0%9F%98%80',
    '%20',
    'A%20',
    '%CC%81',
    '%2541',
    '+',
    'A;x=1',
    'A'.repeat(10_000),
    '%41'.repeat(3_333),
  ])('"%.40s" is refused', (segment) => {
    expect(ask(segment)).toEqual(refused(`"${segment.slice(0, 64)}`));
  });

  it('is clipped in the refusal', () => {
    const { detail } = ask('A'.repeat(10_000)) as { detail: string };
    expect(detail.length).toBeLessThan(250);
  });

  it('of any segment is a letter or a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webSegment()), (segment) => {
        const parsed = parsePageQuery(PEOPLE_PATH + segment.replaceAll('?', ''));
        expect(parsed.ok ? LETTERS.includes(parsed.value.letter) : parsed.problem.status === 400).toBe(true);
      }),
    );
  });
});

describe('the limit', () => {
  it.each([
    ['', null],
    ['limit=1', 1],
    ['limit=100', 100],
    ['limit=1000', 1000],
    ['limit=%31%30', 10],
    ['Limit=7', null],
    ['limits=7&x', null],
  ])('?%s is %s', (query, limit) => {
    expect(ask(`J?${query}`)).toEqual({ letter: 'J', limit, cursor: null });
  });

  it.each([
    '0',
    '-1',
    '1e9',
    '1e2',
    'abc',
    '',
    '1001',
    '01',
    '1.0',
    '+1',
    '%201',
    '1%20',
    '0x10',
    '٣',
    'Infinity',
    '9'.repeat(400),
  ])('%j is refused', (value) => {
    expect(ask(`J?limit=${value}`)).toEqual(refused('limit must be a whole number from 1 to 1000'));
  });

  it.each(['limit=1&limit=2', 'limit=5&limit=5', 'limit=&limit='])('?%s is refused: more than one', (query) => {
    expect(ask(`J?${query}`)).toEqual(refused('more than one limit'));
  });
});

describe('the cursor', () => {
  it('is read back with its token', () => {
    expect(ask(`J?cursor=${TOKEN}&limit=3`)).toEqual({ letter: 'J', limit: 3, cursor: { token: TOKEN, after: JO } });
  });

  it.each(['', 'x', `${TOKEN}=`, TOKEN.slice(0, -1), `${TOKEN}%0A`])('%j is refused', (token) => {
    expect(ask(`J?cursor=${token}`)).toEqual(refused('This cursor is not one of letter J'));
  });

  it('of another letter is refused', () => {
    expect(ask(`K?cursor=${TOKEN}`)).toEqual(refused('This cursor is not one of letter K'));
  });

  it('is refused when there are two', () => {
    expect(ask(`J?cursor=${TOKEN}&cursor=${TOKEN}`)).toEqual(refused('more than one cursor'));
  });
});

it('a page has one canonical target, which reads back as that page', () => {
  const limits = fc.option(fc.integer({ min: 1, max: 1000 }));
  const tokens = fc.option(fc.constant(TOKEN));
  fc.assert(
    fc.property(limits, tokens, (limit, token) => {
      const target = pageTarget('J' as Letter, limit, token);
      expect(isPeopleTarget(target)).toBe(true);
      expect(parsePageQuery(target)).toEqual({
        ok: true,
        value: { letter: 'J', limit, cursor: token && { token, after: JO } },
      });
    }),
  );
});

describe('negotiation', () => {
  const [json, ndjson] = ['application/json', 'application/x-ndjson'];

  it.each([
    [undefined, undefined, 'json identity'],
    ['*/*', 'gzip', 'json gzip'],
    ['*/*', 'br', 'json br'],
    ['*/*', 'gzip, deflate, br, zstd', 'json br'],
    ['*/*', 'gzip, br', 'json br'],
    ['*/*', 'br;q=0.5, gzip;q=0.8', 'json gzip'],
    ['*/*', 'br;q=0, gzip', 'json gzip'],
    ['*/*', 'br;q=0, gzip;q=0', 'json identity'],
    ['*/*', 'identity', 'json identity'],
    ['*/*', 'identity;q=1, gzip;q=0.5', 'json identity'],
    ['*/*', 'identity;q=0, gzip', 'json gzip'],
    ['*/*', '*;q=0, br', 'json br'],
    ['*/*', '*', 'json br'],
    ['*/*', 'deflate, zstd', 'json identity'],
    ['*/*', '', 'json identity'],
    ['application/*', undefined, 'json identity'],
    ['text/html, */*;q=0.1', undefined, 'json identity'],
    [json, 'gzip', 'json gzip'],
    [ndjson, undefined, 'ndjson identity'],
    [ndjson, 'gzip, br', 'ndjson identity'],
    [`${json}, ${ndjson}`, undefined, 'json identity'],
    [`${json};q=0.5, ${ndjson}`, undefined, 'ndjson identity'],
    [`${ndjson};q=0, */*`, undefined, 'json identity'],
    [`${json};q=0, */*`, undefined, 'ndjson identity'],
  ])('Accept: %s with Accept-Encoding: %s gives %s', (accept, acceptEncoding, expected) => {
    const chosen = negotiate(accept, acceptEncoding);
    expect(chosen.ok && `${chosen.value.type} ${chosen.value.encoding}`).toBe(expected);
  });

  it.each([
    ['text/html', undefined],
    ['application/json;q=0', undefined],
    ['*/*;q=0', undefined],
    ['image/*', 'gzip'],
    ['*/*', 'identity;q=0'],
    ['*/*', '*;q=0'],
    ['*/*', 'identity;q=0, br;q=0, gzip;q=0'],
    ['*/*', 'deflate, *;q=0'],
    [ndjson, 'gzip, identity;q=0'],
    [ndjson, '*;q=0'],
  ])('Accept: %s with Accept-Encoding: %s is 406', (accept, acceptEncoding) => {
    expect(negotiate(accept, acceptEncoding)).toEqual({
      ok: false,
      problem: { status: 406, detail: expect.stringMatching(/\.$/) },
    });
  });
});

describe('If-None-Match', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['"h"', true],
    ['W/"h"', true],
    ['*', true],
    [' * ', true],
    ['"g", "h"', true],
    ['"g","h-br" , W/"h"', true],
    ['"g"', false],
    ['h', false],
    ['"h-br"', false],
    ['"H"', false],
  ])('%s names "h": %s', (header, isNamed) => {
    expect(matchesEtag(header, '"h"')).toBe(isNamed);
  });
});
