// The generator against real servers that answer, stall, cut and refuse.

import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type LoadRequest, measureLoad } from '../../control/load/measure.ts';
import type { LoadReport } from '../../control/load/report.ts';
import { openDoor } from '../helpers/listening.ts';

const idle = new AbortController().signal;

async function loadOf(handler: RequestListener, plan: Partial<LoadRequest> = {}, signal = idle): Promise<LoadReport> {
  const { url } = await openDoor(handler);
  return measureLoad(
    { url, hot: null, rate: null, connections: 4, durationMs: 300, isFresh: false, ...plan },
    { signal },
  );
}

/** All that were due. */
function requestsOf({ answered, failed, unfinished, unsent }: LoadReport): number {
  return answered + failed + unfinished + unsent;
}

/** A handler that is told how many requests came before. */
function counting(handler: (before: number, ...args: Parameters<RequestListener>) => void): RequestListener {
  let count = 0;
  return (req, res) => handler(count++, req, res);
}

describe('a load', () => {
  it('asks for pages of letters, and says no-cache if it shall', async () => {
    const seen = new Set<string>();
    await loadOf(
      (req, res) => {
        seen.add(`${req.method} ${req.url?.replace(/[A-Z]$/, '_')} ${req.headers['cache-control']}`);
        res.end();
      },
      { isFresh: true },
    );
    expect([...seen]).toEqual(['GET /api/people/byFirstName/_ no-cache']);
  });

  it('keeps to its connections and its rate', async () => {
    const connections = new Set<unknown>();
    const report = await loadOf(
      (req, res) => {
        connections.add(req.socket);
        res.end();
      },
      { rate: 100, durationMs: 500, connections: 3 },
    );
    expect(requestsOf(report)).toBe(50);
    expect(report.failed).toBe(0);
    expect(connections.size).toBe(3);
  });

  it('sends nothing on a connection whose server said it closes', async () => {
    let requests = 0;
    const report = await loadOf(
      counting((before, _req, res) => {
        requests++;
        if (before % 5 === 4) res.setHeader('Connection', 'close');
        res.end();
      }),
    );
    expect(report).toMatchObject({ answered: requests, failed: 0 });
  });

  it('counts each request that was cut before its answer, or within it', async () => {
    let cut = 0;
    const report = await loadOf(
      counting((before, req, res) => {
        if (before % 10 === 4) req.socket.destroy();
        else if (before % 10 === 9)
          res.writeHead(200, { 'Content-Length': 10 }).write('half', () => req.socket.destroy());
        else res.end();
        if (before % 5 === 4) cut++;
      }),
      { rate: 200 },
    );
    expect(cut).toBeGreaterThan(0);
    expect(report.failures).toEqual({ ECONNRESET: cut });
    expect(requestsOf(report)).toBe(60);
  });

  it('counts statuses', async () => {
    let shed = 0;
    const report = await loadOf(
      counting((before, _req, res) => {
        if (before % 4 === 0) shed++;
        res.writeHead(before % 4 === 0 ? 503 : 200).end();
      }),
    );
    expect(report.statuses).toEqual({ 200: report.answered - shed, 503: shed });
  });

  it('has a stall in the latency of every request that waited for it, at a rate', async () => {
    const report = await loadOf(
      counting((before, _req, res) => {
        setTimeout(() => res.end(), before === 10 ? 200 : 0);
      }),
      { rate: 100, durationMs: 400, connections: 1 },
    );
    expect(requestsOf(report)).toBe(40);
    expect(report.latencyMs.max).toBeGreaterThan(195);
    expect(report.latencyMs.p90).toBeGreaterThan(100); // the twenty behind it waited up to as long
  });

  it('has in its report who never got an answer, and what was never sent', async () => {
    const report = await loadOf(() => {}, { rate: 100, durationMs: 200, connections: 2 });
    expect(report).toMatchObject({ answered: 0, failed: 0, unfinished: 2, unsent: 18 });
    expect(report.latencyMs.max).toBeGreaterThan(2_000);
  });

  it('does not hammer what refuses it', async () => {
    const report = await measureLoad(
      { url: 'http://127.0.0.1:1', hot: null, rate: null, connections: 2, durationMs: 250, isFresh: false },
      { signal: idle },
    );
    expect(report.answered).toBe(0);
    expect(report.failures.ECONNREFUSED).toBe(report.failed);
    expect(report.failed).toBeLessThanOrEqual(6);
  });

  it('ends early when it is told to, with what was done', async () => {
    const ended = new AbortController();
    const report = await loadOf(
      counting((before, _req, res) => {
        res.end();
        if (before === 20) ended.abort();
      }),
      { durationMs: 60_000 },
      ended.signal,
    );
    expect(report.answered).toBeGreaterThan(20);
    expect(report.durationS).toBeLessThan(10);
  });
});
