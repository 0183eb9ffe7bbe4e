import { describe, expect, it } from 'vitest';
import { type AccessEntry, cacheOutcome, logRequests } from '../../runtime/access-log.ts';
import type { Handler } from '../../runtime/door.ts';
import { accessLine } from '../../runtime/log.ts';
import { sendProblem } from '../../runtime/problem.ts';
import { openDoor } from '../helpers/listening.ts';
import { head, openRaw, type RawConnection } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** A logged door; `asked` sends bytes on a connection of their own and gives the lines there are then. */
async function openLogged(handler: Handler): Promise<{
  readonly connect: () => Promise<RawConnection>;
  readonly lines: readonly AccessEntry[];
  readonly asked: (bytes: string) => Promise<AccessEntry>;
}> {
  const lines: AccessEntry[] = [];
  const { door, url } = await openDoor(handler);
  const log = { info: (entry: AccessEntry) => void lines.push(entry) };
  logRequests(door.server, {
    name: 'test',
    rangeOf: (target) => (target.startsWith('/in') ? 'A-D' : null),
    log: log as unknown as NonNullable<Parameters<typeof logRequests>[1]['log']>,
  });
  const connect = (): Promise<RawConnection> => openRaw(url);
  return {
    connect,
    lines,
    asked: async (bytes) => {
      const before = lines.length;
      const connection = await connect();
      connection.send(bytes);
      await connection.answer();
      return waitFor('its line', () => lines[before]);
    },
  };
}

const ok: Handler = (_req, res) => void res.end('ok');
const NOTHING = { range: null, cache: null, requestId: null, servedBy: null };

describe('a line', () => {
  it('says what was asked and what came of it, and keeps the query to itself', async () => {
    const { asked } = await openLogged((_req, res) => {
      const facts = ['Shard', 'E-P', 'Served-By', 'e-p-1/42', 'X-Request-Id', 'id-1'];
      res.writeHead(200, [...facts, 'Cache-Status', 'people-router; fwd=uri-miss; stored', 'Content-Length', '0']);
      res.end();
    });
    const entry = await asked(head('/api/people/byFirstName/J?cursor=secret'));
    expect(entry).toEqual({
      ...{ method: 'GET', path: '/api/people/byFirstName/J', status: 200, ms: expect.any(Number) },
      ...{ range: 'E-P', cache: 'miss', requestId: 'id-1', servedBy: 'e-p-1/42' },
    });
  });

  it('reads headers however they were given, and the request id of the client where the answer has none', async () => {
    const { asked } = await openLogged((_req, res) => {
      res.setHeader('Shard', 'A-D');
      res.end();
    });
    expect(await asked(head('/', { fields: ['X-Request-Id: mine'] }))).toMatchObject({
      ...{ status: 200, range: 'A-D', requestId: 'mine' },
    });
    expect(await asked(head('/', { fields: ['X-Request-Id: "odd"'] }))).toMatchObject({ requestId: null });
  });

  it('names the range also of a problem', async () => {
    const { asked } = await openLogged((_req, res) => sendProblem(res, { status: 503, detail: 'No room.' }));
    const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const problem = { ...NOTHING, method: 'GET', status: 503, ms: expect.any(Number), requestId };
    expect(await asked(head('/in'))).toEqual({ ...problem, path: '/in', range: 'A-D' });
    expect(await asked(head('/out'))).toEqual({ ...problem, path: '/out' });
  });

  it.each([
    ['a body', head('/x', { method: 'POST', fields: ['Content-Length: 3'] }), 413, 'POST', '/x'],
    ['two Hosts', head('/x', { fields: ['Host: a'] }), 400, 'GET', '/x'],
    ['a long URL', head(`/${'J'.repeat(9_000)}`), 414, 'GET', `/${'J'.repeat(511)}`],
    ['an odd expectation', head('/x', { fields: ['Expect: a miracle'] }), 417, 'GET', '/x'],
    ['garbage', '\x00 garbage\r\n\r\n', 400, null, null],
    ['a long head', head('/x', { fields: [`X: ${'y'.repeat(20_000)}`] }), 431, null, null],
    ['CONNECT', head('a:1', { method: 'CONNECT' }), 405, 'CONNECT', null],
  ])('is written also for what no handler sees: %s', async (_, bytes, status, method, path) => {
    const { asked, lines } = await openLogged(ok);
    expect(await asked(bytes)).toMatchObject({ status, method, path });
    expect(lines).toHaveLength(1);
  });

  it('says when the client left before the end', async () => {
    const { connect, lines } = await openLogged((_req, res) => void (res.req.url === '/begun' && res.write('half')));
    for (const path of ['/begun', '/waiting']) {
      const connection = await connect();
      connection.send(head(path));
      if (path === '/begun') await waitFor('the half', () => connection.received().includes('half'));
      connection.socket.destroy();
      await waitFor('its line', () => lines.at(-1)?.path === path);
    }
    expect(lines).toMatchObject([
      { path: '/begun', status: 200, aborted: true },
      { path: '/waiting', status: null, aborted: true },
    ]);
  });

  it('is written for each request that waited behind another when the client left', async () => {
    const { connect, lines } = await openLogged(() => {});
    const connection = await connect();
    connection.send(head('/1') + head('/2') + head('/3'));
    connection.socket.end();
    await waitFor('all lines', () => lines.length === 3);
    expect(lines.map(({ path }) => path).toSorted()).toEqual(['/1', '/2', '/3']);
    for (const line of lines) expect(line).toMatchObject({ status: null, aborted: true });
  });

  it('is written for each of many requests of a connection', async () => {
    const { connect, lines } = await openLogged(ok);
    const connection = await connect();
    connection.send(['/1', '/2', '/3'].map((path) => head(path)).join(''));
    await connection.answer(3);
    await waitFor('all lines', () => lines.length === 3);
    expect(lines.map(({ path }) => path)).toEqual(['/1', '/2', '/3']);
  });

  it('is not written for probes', async () => {
    const { asked, lines } = await openLogged(ok);
    expect((await asked(head('/readyz') + head('/after'))).path).toBe('/after');
    expect(lines).toHaveLength(1);
  });
});

it.each([
  [null, null],
  ['people-router; hit', 'hit'],
  ['people-router; fwd=uri-miss', 'miss'],
  ['people-router; fwd=uri-miss; stored', 'miss'],
  ['people-router; fwd=uri-miss; collapsed', 'collapsed'],
  ['people-router; fwd=request; stored', 'request'],
  ['people-router; fwd=bypass', 'bypass'],
])('Cache-Status "%s" means %s', (header, outcome) => {
  expect(cacheOutcome(header)).toBe(outcome);
});

it.each([
  [
    { method: 'GET', path: '/j', status: 200, range: 'E-P', cache: 'hit', ms: 0.31, requestId: null, servedBy: 'r/1' },
    'GET /j 200 E-P hit 0.3 ms r/1',
  ],
  [{ method: 'GET', path: '/j', status: null, range: null, ms: 12, aborted: true }, 'GET /j 12.0 ms aborted'],
  [{ method: null, path: null, status: 400, ms: 0 }, 'no request 400 0.0 ms'],
])('on a terminal %j reads', (entry, line) => {
  expect(accessLine(entry)).toBe(line);
});
