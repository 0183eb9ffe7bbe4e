// What http-proxy leaves open, closed: the request a shard gets is the router's own, whatever the client's was, and
// nothing of the shard's answer reaches a client unasked. Each hole of DESIGN §9 has its test here.

import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../../people/cursor.ts';
import { BAD_REQUESTS } from '../helpers/bad-requests.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';
import { openUpstream, PAGE_BODY, pageAnswer, streamHead } from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { waitFor } from '../helpers/wait-for.ts';

const PATH = '/api/people/byFirstName';
const CURSOR = encodeCursor({ firstName: 'Jo', lastName: 'Lee', id: '1' });
const LAST = ['Connection: close'];
const STREAM = 'Accept: application/x-ndjson';

const answerPage = (socket: { write(text: string): void }): void => socket.write(pageAnswer());

describe('the upstream request', () => {
  test('has the fields of the allow-list, and no others', async () => {
    const gzipped = { ETag: '"abc-gzip"', 'Content-Encoding': 'gzip' };
    const upstream = await openUpstream((socket) => socket.write(pageAnswer({ fields: gzipped })));
    const { url } = await openRouter([upstream.url]);
    const fields = [
      ...['Connection: close, X-Nominated, Keep-Alive', 'X-Nominated: secret', 'Keep-Alive: timeout=5'],
      ...['TE: trailers', 'Trailer: X-Later', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk', 'Proxy-Connection: close'],
      ...['Proxy-Authorization: Basic c2VjcmV0', 'Authorization: Basic c2VjcmV0', 'Cookie: secret=1'],
      ...['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-Host: evil', 'X-Forwarded-Proto: https', 'Forwarded: for=6.6.6.6'],
      ...['Via: 1.0 evil', 'X-Real-IP: 6.6.6.6', 'Max-Forwards: 3', 'Expect: 100-continue', 'Content-Length: 0'],
      ...['If-None-Match: *', 'If-Match: "x"', 'If-Modified-Since: Fri, 20 Nov 2026 11:44:47 GMT', 'Range: bytes=0-1'],
      ...['Accept: application/json;q=0.9, text/html', 'Accept-Encoding: deflate, gzip;q=0.5', 'Accept-Language: de'],
      ...['User-Agent: evil', 'Referer: http://evil/', 'Origin: http://evil', 'X-Request-Id: me-1', 'X-Odd: \xff'],
    ];

    await exchange(url, head(`${PATH}/J`, { host: 'evil.example', fields }));

    expect(upstream.requests.map((request) => [request.requestLine, Object.fromEntries(request.fields)])).toEqual([
      [
        `GET ${PATH}/J?limit=100 HTTP/1.1`,
        {
          accept: 'application/json',
          'accept-encoding': 'gzip',
          'x-request-id': 'me-1',
          'x-forwarded-for': '127.0.0.1',
          via: '1.1 people-router',
          host: new URL(upstream.url).host,
          connection: 'keep-alive',
        },
      ],
    ]);
    expect(upstream.requests[0]!.fields).toHaveLength(7);
  });

  test.for([
    ['GET', 'J', '', 'GET', 'J?limit=100'],
    ['GET', 'j?limit=7', '', 'GET', 'J?limit=7'],
    ['GET', '%C3%89?x=1&limit=7&y=%0d%0aX:y', '', 'GET', 'E?limit=7'],
    ['GET', `J?cursor=${CURSOR}`, '', 'GET', `J?limit=100&cursor=${CURSOR}`],
    [
      'GET',
      `J?cursor=${CURSOR.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`)}&limit=5`,
      '',
      'GET',
      `J?limit=5&cursor=${CURSOR}`,
    ],
    ['HEAD', 'J', '', 'GET', 'J?limit=100'],
    ['GET', 'J', STREAM, 'GET', 'J'],
    ['GET', `J?limit=5&cursor=${CURSOR}`, STREAM, 'GET', `J?limit=5&cursor=${CURSOR}`],
    ['HEAD', 'J', STREAM, 'HEAD', 'J'],
  ] as const)('for %s %s %s is %s %s', async ([method, rest, field, upstreamMethod, upstreamRest]) => {
    const isStream = field === STREAM;
    const upstream = await openUpstream((socket) => socket.write(isStream ? streamHead(0) : pageAnswer()));
    const { url } = await openRouter([upstream.url]);

    for (const target of [`${PATH}/${rest}`, `http://evil.example:1${PATH}/${rest}`]) {
      await exchange(url, head(target, { method, fields: [...LAST, ...(isStream ? [field] : [])] }));
    }

    const line = `${upstreamMethod} ${PATH}/${upstreamRest} HTTP/1.1`;
    expect(upstream.requests.map(({ requestLine }) => requestLine)).toEqual([line, line]);
  });

  test('has a request id of its own when the client has none, and the client gets it', async () => {
    const upstream = await openUpstream(answerPage);
    const { url } = await openRouter([upstream.url]);
    const [answer] = await exchange(url, head(`${PATH}/J`, { fields: LAST }));
    expect(answer!.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.fromEntries(upstream.requests[0]!.fields)['x-request-id']).toBe(answer!.headers['x-request-id']);
  });

  test('comes over kept-alive connections', async () => {
    const upstream = await openUpstream(answerPage);
    const { url } = await openRouter([upstream.url]);
    const connection = await openRaw(url);
    for (let n = 1; n <= 10; n++) {
      connection.send(head(`${PATH}/J`));
      await connection.answer(n);
    }
    expect(upstream.requests.map((request) => request.connection)).toEqual(Array(10).fill(1));
  });
});

describe('nothing of a refused request reaches a shard', () => {
  test('of a chunked DELETE, which http-proxy would send on without its framing', async () => {
    const upstream = await openUpstream(answerPage);
    const { url } = await openRouter([upstream.url]);
    const smuggled = head(`${PATH}/J`, { host: 'evil' });
    const bytes = `${head(`${PATH}/J`, { method: 'DELETE', fields: ['Transfer-Encoding: chunked'] })}${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    const answers = await exchange(url, bytes);
    expect([answers.length, answers[0]?.status, upstream.received()]).toEqual([1, 400, '']);
  });

  test('of any other', async () => {
    const upstream = await openUpstream(answerPage);
    const { url } = await openRouter([upstream.url]);
    for (const { status, target, method = 'GET', fields = [] } of BAD_REQUESTS) {
      const [answer] = await exchange(url, head(target, { method, fields: [...LAST, ...fields] }));
      expect(answer?.status).toBe(status);
    }
    expect(upstream.received()).toBe('');
  });
});

describe("the client's answer", () => {
  const EXTRA = [
    ...['Set-Cookie: a=b', 'Set-Cookie: c=d', 'Server: upstream/1', 'X-Powered-By: upstream', 'X-Internal: 10.0.0.1'],
    ...['Access-Control-Allow-Origin: *', 'Location: http://10.0.0.1/', 'Refresh: 0;url=http://evil', 'Via: 1.1 inner'],
    ...['Connection: X-Nominated', 'X-Nominated: secret', 'Keep-Alive: timeout=600', 'Trailer: X-Later', 'Age: 7'],
    ...['WWW-Authenticate: Basic', 'Proxy-Authenticate: Basic', 'Upgrade: h2c', 'Alt-Svc: h2="evil:443"'],
    ...['Cache-Control: public, max-age=31536000', 'Cache-Status: inner; hit', 'Content-Disposition: attachment'],
    ...['Link: </style.css>; rel=preload', 'Warning: 199 - "internal"', 'X-Request-Id: theirs', 'Vary: *'],
  ];

  test('has the fields of the allow-list, and no others', async () => {
    const upstream = await openUpstream((socket) => socket.write(pageAnswer({ extra: EXTRA })));
    const { url } = await openRouter([upstream.url]);
    const [answer] = await exchange(url, head(`${PATH}/J`, { fields: [...LAST, 'X-Request-Id: me-1'] }));
    const { date: _, etag, ...headers } = answer!.headers;
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    expect([answer!.status, answer!.body.toString(), headers]).toEqual([
      200,
      PAGE_BODY,
      {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(PAGE_BODY.length),
        shard: 'A-Z',
        dataset: '0123456789ab',
        'served-by': 'upstream-1/1',
        'x-request-id': 'me-1',
        'cache-status': 'people-router; fwd=bypass',
        vary: 'Accept, Accept-Encoding',
        'cache-control': 'public, no-cache',
        connection: 'close',
      },
    ]);
  });

  test('has them as a stream, too', async () => {
    const upstream = await openUpstream((socket) =>
      socket.write(`${streamHead(3).slice(0, -2)}${EXTRA.join('\r\n')}\r\n\r\n{}\n`),
    );
    const { url } = await openRouter([upstream.url]);
    const [answer] = await exchange(url, head(`${PATH}/J`, { fields: [...LAST, STREAM, 'X-Request-Id: me-1'] }));
    const { date: _, ...headers } = answer!.headers;
    expect([answer!.status, answer!.body.toString(), headers]).toEqual([
      200,
      '{}\n',
      {
        'content-type': 'application/x-ndjson',
        'content-length': '3',
        shard: 'A-Z',
        dataset: '0123456789ab',
        'served-by': 'upstream-1/1',
        'x-request-id': 'me-1',
        'cache-status': 'people-router; fwd=bypass',
        vary: 'Accept, Accept-Encoding',
        'cache-control': 'public, no-cache',
        connection: 'close',
      },
    ]);
  });

  test.for([
    ['https://10.0.0.1/', null],
    ['http://10.0.0.1/api/people/byFirstName/J', null],
    ['//evil.example/api/people/byFirstName/J', null],
    ['/admin', null],
    ['/api/people/byFirstName/J?limit=5', '/api/people/byFirstName/J?limit=5'],
  ])('names %s as next page only if it is one: %s', async ([target, passed]) => {
    const answerOf = (stream: boolean): string =>
      stream
        ? streamHead(0, { Link: `<${target}>; rel="next"` })
        : pageAnswer({ fields: { Link: `<${target}>; rel="next"` } });
    const upstream = await openUpstream((socket, { requestLine }) =>
      socket.write(answerOf(!requestLine.includes('limit'))),
    );
    const { url } = await openRouter([upstream.url]);
    for (const fields of [LAST, [...LAST, STREAM]]) {
      const [answer] = await exchange(url, head(`${PATH}/J`, { fields }));
      expect([answer?.status, answer?.headers.link]).toEqual([200, passed ? `<${passed}>; rel="next"` : undefined]);
    }
  });

  test('comes whole from chunks with trailers', async () => {
    const chunked = `${pageAnswer({ fields: { 'Content-Length': null, 'Transfer-Encoding': 'chunked', Trailer: 'X-Later' }, body: '' })}${PAGE_BODY.length.toString(16)}\r\n${PAGE_BODY}\r\n0\r\nX-Later: secret\r\n\r\n`;
    const upstream = await openUpstream((socket) => socket.write(chunked.replace(/ETag: .*\r\n/, 'ETag: "abc"\r\n')));
    const { url } = await openRouter([upstream.url]);
    const connection = await openRaw(url);
    connection.send(head(`${PATH}/J`));
    const answer = await connection.answer();
    expect([answer.status, answer.body.toString()]).toEqual([200, PAGE_BODY]);
    expect(connection.received()).not.toMatch(/trailer|x-later|chunked/i);
  });

  test('comes after interim answers of the shard, which the client does not see', async () => {
    const interim = ['100 Continue', '102 Processing', '103 Early Hints\r\nLink: </x.css>; rel=preload'];
    const upstream = await openUpstream((socket) =>
      socket.write(interim.map((status) => `HTTP/1.1 ${status}\r\n\r\n`).join('') + pageAnswer()),
    );
    const { url } = await openRouter([upstream.url]);
    const answers = await exchange(url, head(`${PATH}/J`, { fields: LAST }));
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  test('never holds what a shard said too much before', async () => {
    const surplus = pageAnswer({ body: '{"letter":"J","total":1,"people":["somebody else\'s"],"next":null}\n' });
    const upstream = await openUpstream((socket) => socket.write(pageAnswer() + surplus));
    const { url } = await openRouter([upstream.url]);
    for (let i = 0; i < 5; i++) {
      const [answer] = await exchange(url, head(`${PATH}/J`, { fields: LAST }));
      expect([answer?.status, answer?.body.toString()]).toEqual([200, PAGE_BODY]);
    }
  });
});

describe('when the client leaves', () => {
  test.for([
    ['before there is an answer', ''],
    ['within the head of a page', pageAnswer().slice(0, 40)],
    ['within a page', pageAnswer().slice(0, -10)],
    ['within a stream', `${streamHead(1_000)}{}\n`],
  ])('%s, the upstream request ends', async ([, beginning]) => {
    const upstream = await openUpstream((socket) => socket.write(beginning!));
    const { url, counters } = await openRouter([upstream.url]);
    const connection = await openRaw(url);
    connection.send(head(`${PATH}/J`, { fields: beginning!.includes('ndjson') ? [STREAM] : [] }));
    await waitFor('the upstream request', () => upstream.requests.length === 1);
    if (beginning!.includes('ndjson')) await waitFor('the stream', () => connection.receivedBytes() > 0);

    connection.socket.destroy();

    await waitFor('it to end', () => upstream.openConnections() === 0);
    await exchange(url, head('/', { fields: LAST }));
    expect(upstream.requests).toHaveLength(1);
    expect(Object.keys(counters.counts()).filter((series) => /status="5/.test(series))).toEqual([]);
  });

  test('what it had sent ahead is not asked for', async () => {
    const upstream = await openUpstream(() => {});
    const { url } = await openRouter([upstream.url]);
    const connection = await openRaw(url);
    connection.send(head(`${PATH}/J`) + head(`${PATH}/K`, { fields: [STREAM] }));
    await waitFor('the upstream request', () => upstream.requests.length === 1);
    connection.socket.destroy();
    await waitFor('it to end', () => upstream.openConnections() === 0);
    expect(upstream.requests).toHaveLength(1);
  });
});
