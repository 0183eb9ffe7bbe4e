// The operators' port: what it shows, which orders it takes, and from whom.

import { describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../runtime/log.ts';
import { renderMetrics } from '../../runtime/metrics.ts';
import { openOpsServer } from '../../runtime/ops-server.ts';
import { countersOf } from '../helpers/counters.ts';
import { expectProblem } from '../helpers/problem.ts';
import { head, openRaw, type RawAnswer } from '../helpers/raw-http.ts';

interface OpenOps {
  readonly port: string;
  /** Orders it took, as `scale 4`. */
  readonly orders: readonly string[];
  isReady: boolean;
}

async function openOps(token: string | null = null, host = '127.0.0.1'): Promise<OpenOps> {
  const orders: string[] = [];
  const open = { orders, isReady: true, port: '' };
  const { url, close } = await openOpsServer({
    ...{ host, port: 0, token, log: createLog('test', 'silent') },
    operations: {
      isReady: () => open.isReady,
      status: () => ({ state: 'available' }),
      metrics: () =>
        renderMetrics(
          [{ name: 'people_requests_total', help: 'Requests.', type: 'counter' }],
          [['people_requests_total{range="A-D",status="200"}', 7]],
        ),
      scale: (workers) => orders.push(`scale ${workers}`),
      reload: () => orders.push('reload'),
      drain: () => orders.push('drain'),
    },
  });
  onTestFinished(close);
  open.port = new URL(url).port;
  return open;
}

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly fields?: readonly string[];
  readonly body?: string;
}

/** Asks with whatever headers, which no client library would send. */
async function ask({ port }: OpenOps, path: string, asked: Asked = {}): Promise<RawAnswer> {
  const { method = 'GET', host = `127.0.0.1:${port}`, fields = [], body } = asked;
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const connection = await openRaw(`http://127.0.0.1:${port}`);
  connection.send(head(path, { method, host, fields: [...fields, ...length, 'Connection: close'] }) + (body ?? ''));
  return connection.answer();
}

const JSON_BODY = 'Content-Type: application/json';
const SCALE = { method: 'POST', fields: [JSON_BODY], body: '{"workers":4}' };

function expectRefusal(answer: RawAnswer, status: number): string {
  return expectProblem(answer, status).detail;
}

describe('what it shows', () => {
  it('that its process runs', async () => {
    const { status, body } = await ask(await openOps(), '/healthz');
    expect([status, String(body)]).toEqual([200, 'ok\n']);
  });

  it('whether it is ready', async () => {
    const ops = await openOps();
    expect((await ask(ops, '/readyz')).status).toBe(200);
    ops.isReady = false;
    const answer = await ask(ops, '/readyz');
    expectRefusal(answer, 503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('its status, as JSON', async () => {
    const { headers, body } = await ask(await openOps(), '/status');
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(String(body))).toEqual({ state: 'available' });
  });

  it('its metrics, as Prometheus reads them', async () => {
    const { headers, body } = await ask(await openOps(), '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect([...countersOf(String(body))]).toEqual([['people_requests_total{range="A-D",status="200"}', 7]]);
  });

  it('what it can do, as OpenAPI', async () => {
    expect(String((await ask(await openOps(), '/openapi.yaml')).body)).toMatch(/^openapi: 3/m);
  });

  it('nothing anywhere else', async () => {
    expect(expectRefusal(await ask(await openOps(), '/api/people/byFirstName/J'), 404)).toContain('/openapi.yaml');
  });
});

describe('orders', () => {
  it.each([
    ['/scale', '{"workers":4}', 'scale 4'],
    ['/scale', '{"workers":1}', 'scale 1'],
    ['/scale', '{"workers":64}', 'scale 64'],
    ['/reload', '{}', 'reload'],
    ['/reload', undefined, 'reload'],
    ['/drain', '', 'drain'],
  ])('POST %s %s is taken, and begun', async (path, body, order) => {
    const ops = await openOps();
    const answer = await ask(ops, path, { method: 'POST', fields: [JSON_BODY], ...(body !== undefined && { body }) });
    expect([answer.status, ops.orders]).toEqual([202, [order]]);
  });

  it.each([
    '',
    '{}',
    '{"workers":0}',
    '{"workers":65}',
    '{"workers":1.5}',
    '{"workers":"4"}',
    '{"workers":null}',
    '{"workers":[4]}',
    '[4]',
  ])('to scale with the body %s are refused, saying what is allowed', async (body) => {
    const ops = await openOps();
    const answer = await ask(ops, '/scale', { ...SCALE, body });
    expect(expectRefusal(answer, 400)).toBe('The body must be {"workers": N} with N from 1 to 64.');
    expect(ops.orders).toEqual([]);
  });

  it.each([
    ['that is no JSON', '{"workers":', 400],
    ['that is no object', 'null', 400],
    ['that is too long', `{"workers":${' '.repeat(70_000)}4}`, 413],
  ])('with a body %s are refused', async (_, body, status) => {
    const ops = await openOps();
    expectRefusal(await ask(ops, '/scale', { ...SCALE, body }), status);
    expect(ops.orders).toEqual([]);
  });

  it.each([
    ['a form', 'Content-Type: application/x-www-form-urlencoded'],
    ['plain text', 'Content-Type: text/plain'],
    ['a body of no type', 'X-Nothing: 1'],
  ])('as %s, which any page may send, are refused', async (_, field) => {
    const ops = await openOps();
    expectRefusal(await ask(ops, '/scale', { ...SCALE, fields: [field] }), 415);
    expect(ops.orders).toEqual([]);
  });

  it.each(['http://evil.example', 'https://127.0.0.1', 'http://127.0.0.1:1', 'null'])(
    'from a page of %s are refused',
    async (origin) => {
      const ops = await openOps();
      expectRefusal(await ask(ops, '/scale', { ...SCALE, fields: [JSON_BODY, `Origin: ${origin}`] }), 403);
      expectRefusal(await ask(ops, '/reload', { method: 'POST', fields: [`Origin: ${origin}`] }), 403);
      expect(ops.orders).toEqual([]);
    },
  );

  it('from a page of its own are taken', async () => {
    const ops = await openOps();
    const fields = [JSON_BODY, `Origin: http://127.0.0.1:${ops.port}`];
    expect((await ask(ops, '/scale', { ...SCALE, fields })).status).toBe(202);
  });

  it.each(['/scale', '/reload', '/drain'])('are no pages: GET %s is nothing', async (path) => {
    const ops = await openOps();
    expectRefusal(await ask(ops, path), 404);
    expect(ops.orders).toEqual([]);
  });
});

describe('on loopback', () => {
  it.each(['127.0.0.1', 'localhost:80', 'LOCALHOST', '[::1]:8081', '127.9.9.9:1'])(
    'Host %s is let in',
    async (host) => {
      expect((await ask(await openOps(), '/status', { host })).status).toBe(200);
    },
  );

  it.each([
    'people.example',
    'evil.example:8081',
    '10.0.0.5',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '[::2]:8081',
    '',
  ])('Host "%s" is not: a name that was made to lead here (DNS rebinding)', async (host) => {
    const ops = await openOps();
    expectRefusal(await ask(ops, '/status', { host }), 403);
    expectRefusal(await ask(ops, '/scale', { ...SCALE, host }), 403);
    expect(ops.orders).toEqual([]);
  });
});

describe('a token', () => {
  it('is demanded anywhere but on loopback: without one it does not even open', async () => {
    const opened = openOps(null, '0.0.0.0');
    await expect(opened).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('--ops-token') });
  });

  it.each(['127.0.0.1', '0.0.0.0'])('opens everything on %s, and nothing else does', async (host) => {
    const ops = await openOps('secret', host);
    for (const fields of [[], ['Authorization: Bearer wrong'], ['Authorization: Basic secret'], ['X-Token: secret']]) {
      for (const path of ['/status', '/metrics', '/openapi.yaml', '/nothing']) {
        const answer = await ask(ops, path, { fields });
        expect(expectRefusal(answer, 401)).not.toContain('secret');
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
      expectRefusal(await ask(ops, '/scale', { ...SCALE, fields: [JSON_BODY, ...fields] }), 401);
    }
    const fields = [JSON_BODY, 'Authorization: Bearer secret'];
    expect((await ask(ops, '/status', { fields })).status).toBe(200);
    expect((await ask(ops, '/scale', { ...SCALE, fields })).status).toBe(202);
    expect(ops.orders).toEqual(['scale 4']);
  });

  it('is not asked of those who probe', async () => {
    const ops = await openOps('secret', '0.0.0.0');
    const host = 'people.example'; // beyond loopback it may have any name
    expect((await ask(ops, '/healthz', { host })).status).toBe(200);
    expect((await ask(ops, '/readyz', { host })).status).toBe(200);
  });
});
