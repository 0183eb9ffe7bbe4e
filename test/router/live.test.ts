// Server-sent events as a browser gets them, with a clock that the test moves.

import { createServer } from 'node:http';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Live } from '../../router/ops/live.ts';
import { EventLog } from '../../runtime/event-log.ts';
import { listen } from '../../runtime/listen.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

interface Told {
  readonly event: string;
  readonly data: unknown;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A live feed behind a server, with a status and counters that a test sets. */
async function openLive() {
  const events = new EventLog();
  const state = { status: { epoch: 1 } as unknown, requests: 0, timesAsked: 0 };
  const live = new Live({
    events,
    status: () => {
      state.timesAsked++;
      return state.status;
    },
    counters: () => new Map([['people_requests_total{range="A-D",status="200",cache="hit"}', state.requests]]),
  });
  const app = express();
  live.addRoutes(app);
  let visitors = 0;
  const server = createServer(app).on('connection', (socket) => {
    visitors++;
    socket.once('close', () => visitors--);
  });
  const url = await listen(server, '127.0.0.1', 0);
  live.start();
  onTestFinished(() => {
    live.close();
    server.closeAllConnections();
    server.close();
  });
  return { live, events, state, url, visitors: () => visitors };
}

/** Somebody who looks: `told` is what they were told so far. */
async function visit(url: string) {
  const connection = await openRaw(url);
  connection.send(head('/events'));
  const visitor = {
    connection,
    text: () => connection.received(),
    told: (): readonly Told[] =>
      [...connection.received().matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, event, data]) => ({
        event: event!,
        data: JSON.parse(data!),
      })),
  };
  await waitFor('the state of things', () => visitor.told().length >= 2);
  return visitor;
}

const crash = (detail: string) => ({ kind: 'crash', detail, range: 'A-D', instance: 'a-d-1' });
const second = (): void => void vi.advanceTimersByTime(1_000);

describe('a visitor', () => {
  it('gets the state and what happened before, and is told to come back by itself', async () => {
    const { url, events, state } = await openLive();
    events.add(crash('first'));
    second();
    state.requests = 50;
    second();
    const visitor = await visit(url);
    expect(visitor.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(visitor.text()).toContain('Content-Type: text/event-stream\r\n');
    expect(visitor.text()).toContain('retry: 1000\n\n');
    expect(visitor.told()).toEqual([
      { event: 'status', data: { epoch: 1 } },
      {
        event: 'history',
        data: {
          events: [{ ...crash('first'), number: 1, at: expect.any(String) }],
          traffic: [
            { at: expect.any(String), letters: {}, ranges: { 'A-D': expect.objectContaining({ hitShare: 1 }) } },
          ],
        },
      },
    ]);
  });

  it('is told of each event when it happens', async () => {
    const { url, events } = await openLive();
    const visitors = [await visit(url), await visit(url)];
    events.add(crash('with "quotes"\nand lines'));
    for (const visitor of visitors) {
      await waitFor('the event', () => visitor.told().length > 2);
      expect(visitor.told()[2]).toMatchObject({ event: 'event', data: { detail: 'with "quotes"\nand lines' } });
    }
  });

  it('is told of traffic and state every second', async () => {
    const { url, state } = await openLive();
    second();
    const visitor = await visit(url);
    for (let n = 1; n <= 3; n++) {
      state.status = { epoch: n };
      second();
    }
    await waitFor('three seconds of it', () => visitor.told().length >= 8);
    const later = visitor.told().slice(2);
    expect(later.map(({ event }) => event)).toEqual(['traffic', 'status', 'traffic', 'status', 'traffic', 'status']);
    expect(later.at(-1)!.data).toEqual({ epoch: 3 });
  });

  it('who left is told nothing more', async () => {
    const { url, state } = await openLive();
    const [stays, leaves] = [await visit(url), await visit(url)];
    leaves.connection.socket.destroy();
    state.timesAsked = 0;
    stays.connection.socket.destroy();
    await waitFor('nobody to be looking', () => {
      state.timesAsked = 0;
      second();
      return state.timesAsked === 0;
    });
  });

  it('who does not read is let go, and others are told all the while', async () => {
    const { url, state, visitors } = await openLive();
    const [reads, sleeps] = [await visit(url), await visit(url)];
    sleeps.connection.socket.pause();
    state.status = { filler: 'x'.repeat(500_000) };
    await waitFor('it to be let go', async () => {
      const before = reads.connection.receivedBytes();
      second();
      await waitFor('the other to be told', () => reads.connection.receivedBytes() - before > 500_000);
      return visitors() === 1;
    });
  });
});

it('costs no state while nobody looks', async () => {
  const { state } = await openLive();
  for (let i = 0; i < 10; i++) second();
  expect(state.timesAsked).toBe(0);
});

it('remembers five minutes of traffic', async () => {
  const { url } = await openLive();
  for (let i = 0; i < 400; i++) second();
  const { told } = await visit(url);
  expect((told()[1]!.data as { traffic: unknown[] }).traffic).toHaveLength(300);
});

it('ends its visitors when it is closed, and listens no more', async () => {
  const { url, live, events } = await openLive();
  const { text, told } = await visit(url);
  live.close();
  events.add(crash('too late'));
  await waitFor('the end', () => text().endsWith('\r\n0\r\n\r\n'));
  expect([told().length, vi.getTimerCount()]).toEqual([2, 0]);
});
