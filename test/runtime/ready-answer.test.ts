// Answers kept as bytes: what is patched into them, and what must never change under a connection still sending them.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReadyAnswer } from '../../runtime/ready-answer.ts';

const ID = '0123456789abcdef0123456789abcdef0123';
const OTHER_ID = ID.replaceAll('0', 'z');
const NEVER_SENT = (): void => {};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 12, 0, 0) });
});
afterEach(() => {
  vi.useRealTimers();
});

function createAnswer({ hasRequestId = false } = {}): ReadyAnswer {
  return new ReadyAnswer({
    ...{ status: 200, headers: ['Content-Length', '4'], body: Buffer.from('body'), keepAliveMs: 30_000 },
    hasRequestId,
  });
}

/** A socket that sends at once, or never; `sent` holds the buffers it was given, not copies. */
function createSocket({ isStuck = false } = {}) {
  const sent: Buffer[] = [];
  const socket = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk);
      (isStuck ? NEVER_SENT : done)();
    },
  });
  return { socket: socket as never as Socket, sent, text: () => Buffer.concat(sent).toString() };
}

test('has head, date, request id and body', () => {
  const { socket, text } = createSocket();
  expect(createAnswer({ hasRequestId: true }).send(socket, ID, false)).toBe(true);
  expect(text()).toBe(
    `HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-Id: ${ID}\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\n` +
      'Connection: keep-alive\r\nKeep-Alive: timeout=30\r\n\r\nbody',
  );
});

test('has no body for HEAD', () => {
  const { socket, text } = createSocket();
  createAnswer().send(socket, undefined, true);
  expect(text()).toMatch(/\r\n\r\n$/);
});

test('is not ready for a request id of another length', () => {
  const { socket, text } = createSocket();
  const answer = createAnswer({ hasRequestId: true });
  expect([answer.send(socket, 'short', false), answer.send(socket, undefined, false), text()]).toEqual([
    false,
    false,
    '',
  ]);
});

test('keeps its date up', () => {
  const answer = createAnswer();
  answer.send(createSocket().socket, undefined, false);
  vi.setSystemTime(Date.UTC(2027, 0, 1, 0, 0, 59));
  const { socket, text } = createSocket();
  answer.send(socket, undefined, false);
  expect(text()).toContain('Date: Fri, 01 Jan 2027 00:00:59 GMT\r\n');
});

test('does not change bytes that a connection has not sent yet', () => {
  const answer = createAnswer({ hasRequestId: true });
  const stuck = createSocket({ isStuck: true });
  answer.send(stuck.socket, ID, false);
  vi.setSystemTime(Date.UTC(2027, 0, 1));
  const other = createSocket();
  answer.send(other.socket, OTHER_ID, false);
  expect(stuck.text()).toContain(`X-Request-Id: ${ID}\r\nDate: Fri, 20 Nov 2026`);
  expect(other.text()).toContain(`X-Request-Id: ${OTHER_ID}\r\nDate: Fri, 01 Jan 2027`);
});

test('is copied only in its head for those who ask while a connection has not sent it', () => {
  const answer = createAnswer({ hasRequestId: true });
  const bodies = new Set<ArrayBufferLike>();
  const stuck = createSocket({ isStuck: true });
  answer.send(stuck.socket, ID, false);
  for (let i = 0; i < 3; i++) {
    const { socket, sent, text } = createSocket();
    answer.send(socket, OTHER_ID, false);
    expect(text()).toMatch(new RegExp(`X-Request-Id: ${OTHER_ID}\\r\\n[^]*\\r\\n\\r\\nbody$`));
    const body = sent.at(-1)!;
    expect([body.length, body.byteOffset]).toEqual([answer.body.length, answer.body.byteOffset]);
    bodies.add(body.buffer);
  }
  expect([...bodies]).toEqual([answer.body.buffer]);
  const head = createSocket();
  answer.send(head.socket, OTHER_ID, true);
  expect(head.text()).toMatch(/\r\n\r\n$/);
});

test('is one buffer again when that connection has gone', () => {
  const answer = createAnswer();
  const stuck = createSocket({ isStuck: true });
  answer.send(stuck.socket, undefined, false);
  stuck.socket.destroy();
  const { socket, sent } = createSocket();
  answer.send(socket, undefined, false);
  expect(sent).toHaveLength(1);
});

test('shares its body', () => {
  expect(createAnswer().body.toString()).toBe('body');
});
