// One page in its encodings: which one a client gets, its validators, and when it need not be sent again.

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { exchange, head, type RawAnswer } from '../helpers/raw-http.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';

const PATH = '/api/people/byFirstName/J';
const SHARD = createShard('E-P', peopleOf('J', 150));
const DECODE: Readonly<Record<string, (body: Buffer) => Buffer>> = { br: brotliDecompressSync, gzip: gunzipSync };

let ask: (fields?: Readonly<Record<string, string>>, method?: string) => Promise<RawAnswer>;

beforeEach(async () => {
  const { url } = await serveShard(SHARD);
  ask = async (fields = {}, method = 'GET') => {
    const lines = Object.entries({ ...fields, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
    const [answer] = await exchange(url, head(PATH, { method, fields: lines }));
    return answer!;
  };
});

const withoutDate = ({ date: _, 'x-request-id': __, ...headers }: RawAnswer['headers']): unknown => headers;
const etagOf = async (encoding: string): Promise<string> => (await ask({ 'Accept-Encoding': encoding })).headers.etag!;

describe('Accept-Encoding', () => {
  test.for([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['deflate', 'identity'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, br', 'br'],
    ['br, gzip', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['br;q=0.1, identity;q=0.9', 'identity'],
    ['br;q=0, gzip;q=0', 'identity'],
    ['*', 'br'],
    ['identity;q=0, gzip', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['br;q=0, *', 'gzip'],
    ['BR', 'br'],
  ] as const)('%s gives %s, with the same people', async ([accepted, encoding]) => {
    const identity = await ask();
    const answer = await ask(accepted === undefined ? {} : { 'Accept-Encoding': accepted });

    expect(answer.headers['content-encoding'] ?? 'identity').toBe(encoding);
    expect((DECODE[encoding]?.(answer.body) ?? answer.body).equals(identity.body)).toBe(true);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
    const suffix = encoding === 'identity' ? '' : `-${encoding}`;
    expect(answer.headers.etag).toBe(identity.headers.etag!.replace(/"$/, `${suffix}"`));
    expect(answer.headers.vary).toBe('Accept, Accept-Encoding');
  });
});

describe('Accept', () => {
  test.for([
    [undefined, 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/*', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
    ['application/json;q=0.1, text/html', 'application/json; charset=utf-8'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/json;q=0.5, application/x-ndjson', 'application/x-ndjson'],
    ['application/x-ndjson;q=0.5, application/json', 'application/json; charset=utf-8'],
    ['application/json;q=0, */*', 'application/x-ndjson'],
    ['APPLICATION/X-NDJSON', 'application/x-ndjson'],
  ] as const)('%s gives %s', async ([accepted, type]) => {
    const { status, headers } = await ask(accepted === undefined ? {} : { Accept: accepted });
    expect([status, headers['content-type'], headers.vary]).toEqual([200, type, 'Accept, Accept-Encoding']);
  });
});

describe('If-None-Match', () => {
  test.for([
    ['the ETag', (etag: string) => etag],
    ['the ETag, called weak', (etag: string) => `W/${etag}`],
    ['a list with it', (etag: string) => `"other", W/"another" , ${etag}`],
    ['anything', () => '*'],
    ['anything, with spaces', () => ' * '],
  ] as const)('of %s is 304, in each encoding', async ([, valueFrom]) => {
    for (const encoding of ['identity', 'br', 'gzip']) {
      const whole = await ask({ 'Accept-Encoding': encoding });
      const answer = await ask({ 'Accept-Encoding': encoding, 'If-None-Match': valueFrom(whole.headers.etag!) });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
      const { 'content-type': _, 'content-length': __, 'content-encoding': ___, link: ____, ...kept } = whole.headers;
      expect(withoutDate(answer.headers)).toEqual(withoutDate(kept));
    }
  });

  test.for([
    ['another ETag', () => '"other"'],
    ["another encoding's ETag", (etag: string) => etag.replace(/"$/, '-br"')],
    ['half an ETag', (etag: string) => etag.slice(0, -1)],
    ['an ETag without quotes', (etag: string) => etag.slice(1, -1)],
    ['nothing', () => ''],
  ] as const)('of %s is 200', async ([, valueFrom]) => {
    const answer = await ask({ 'If-None-Match': valueFrom(await etagOf('identity')) });
    expect(answer.status).toBe(200);
  });

  test('of a HEAD is 304, too', async () => {
    expect((await ask({ 'If-None-Match': await etagOf('identity') }, 'HEAD')).status).toBe(304);
  });
});

test.for(['identity', 'br', 'gzip'])('HEAD has the headers of GET in %s, and no body', async (encoding) => {
  const got = await ask({ 'Accept-Encoding': encoding });
  const asked = await ask({ 'Accept-Encoding': encoding }, 'HEAD');
  expect(withoutDate(asked.headers)).toEqual(withoutDate(got.headers));
});

test('HEAD has the headers of a stream', async () => {
  const accept = { Accept: 'application/x-ndjson' };
  const [got, asked] = [await ask(accept), await ask(accept, 'HEAD')];
  expect(withoutDate(asked.headers)).toEqual(withoutDate(got.headers));
});

test('many who ask for one encoding at once get the same bytes', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ 'Accept-Encoding': 'br' })));
  expect(answers.every(({ body }) => body.equals(answers[0]!.body))).toBe(true);
});
