// Pages: whatever the people and the limit, following `next` visits everybody once, in order.

import type { RequestListener } from 'node:http';
import fc from 'fast-check';
import request from 'supertest';
import { expect, test } from 'vitest';
import { comparePeople, type Person } from '../../people/person.ts';
import { openDoor } from '../helpers/listening.ts';
import { createSampleApp, createShard, peopleOf, person, serveShard } from '../helpers/sample-shard.ts';

interface PageBody {
  readonly letter: string;
  readonly total: number;
  readonly people: readonly Person[];
  readonly next: string | null;
}

/** Follows `next` from a target on; checks that the Link header says the same. */
async function walk(url: string, first: string): Promise<PageBody[]> {
  const pages: PageBody[] = [];
  for (let target: string | null = first; target; target = pages.at(-1)!.next) {
    const answer = await fetch(url + target);
    const page = (await answer.json()) as PageBody;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('link')).toBe(page.next && `<${page.next}>; rel="next"`);
    pages.push(page);
  }
  return pages;
}

const name = fc.string({ unit: 'binary', maxLength: 4 });
const people = fc
  .array(fc.record({ rest: name, lastName: name }), { maxLength: 30 })
  .map((rows) => rows.map(({ rest, lastName }, i) => person({ id: `p${i}`, firstName: `J${rest}`, lastName })));

test('a walk with any limit visits everybody exactly once, in order', async () => {
  let app: RequestListener = () => {};
  const { url } = await openDoor((req, res) => app(req, res));
  await fc.assert(
    fc.asyncProperty(
      people,
      fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1000 })),
      async (all, limit) => {
        app = createSampleApp(createShard('E-P', all));
        const pages = await walk(url, `/api/people/byFirstName/J?limit=${limit}`);
        expect(pages.flatMap((page) => page.people)).toEqual(all.toSorted(comparePeople));
        expect(pages.map((page) => page.people.length)).toEqual(
          all.length === 0 ? [0] : pages.map((_, i) => Math.min(limit, all.length - i * limit)),
        );
        expect(pages.every((page) => page.total === all.length && page.letter === 'J')).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('a cursor keeps its place when the people change', async () => {
  const before = peopleOf('J', 10);
  const { url: old } = await serveShard(createShard('E-P', before));
  const { next } = (await request(old).get('/api/people/byFirstName/J?limit=5')).body as PageBody;
  const newcomer = person({ id: 'new', firstName: 'J000005+' });
  const after = [...before.filter((_, i) => i !== 4 && i !== 6), newcomer]; // the cursor's own person left

  const { url } = await serveShard(createShard('J', after));
  const pages = await walk(url, next!);

  const names = pages.flatMap((page) => page.people.map(({ firstName }) => firstName));
  expect(names).toEqual(['J000005+', 'J000006', 'J000008', 'J000009', 'J000010']);
});

test('a cursor of the last person ends with an empty page', async () => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 2)));
  const { next } = (await request(url).get('/api/people/byFirstName/J?limit=1')).body as PageBody;
  const { url: smaller } = await serveShard(createShard('E-P', peopleOf('J', 1)));
  const { body } = await request(smaller).get(next!);
  expect(body).toEqual({ letter: 'J', total: 1, people: [], next: null });
});

test.for([
  ['', 100],
  ['?limit=1', 1],
  ['?limit=1000', 1000],
  ['?unknown=1&Limit=3&limit=2&unknown=2', 2],
  ['?', 100],
  ['?&&&', 100],
] as const)('J%s is a page of %i', async ([query, count]) => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 1200)));
  const { body } = await request(url).get(`/api/people/byFirstName/J${query}`);
  expect(body.people).toEqual(peopleOf('J', count));
  expect(body.total).toBe(1200);
});

test('a page has the fields of the contract, in its order, and no more', async () => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 1)));
  const { text, headers } = await request(url).get('/api/people/byFirstName/j').set({
    'X-Request-Id': 'me-1',
    'Accept-Encoding': 'identity',
  });
  const [one] = peopleOf('J', 1);
  expect(text.trimEnd()).toBe(`{"letter":"J","total":1,"people":[${JSON.stringify(one)}],"next":null}`);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    shard: 'E-P',
    'served-by': `sample-1/${process.pid}`,
    dataset: createShard('E-P', peopleOf('J', 1)).dataset,
    'x-request-id': 'me-1',
    vary: 'Accept, Accept-Encoding',
    'cache-control': 'public, no-cache',
  });
  expect(headers.link).toBeUndefined();
});

test.for([
  ['É', 'E'],
  ['e%CC%81', 'E'],
  ['ø', 'O'],
  ['李', 'L'],
  ['p', 'P'],
])('letter %s is answered as %s', async ([letter, mapped]) => {
  const { url } = await serveShard(createShard('E-P', []));
  const { body } = await request(url).get(`/api/people/byFirstName/${encodeURI(letter!).replaceAll('%25', '%')}`);
  expect(body).toEqual({ letter: mapped, total: 0, people: [], next: null });
});
