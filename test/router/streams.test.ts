// A stream goes through the router at the speed of its reader, and keeps nothing for it.

import { expect, test } from 'vitest';
import { head, openRaw } from '../helpers/raw-http.ts';
import { openUpstream, streamHead } from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { waitFor } from '../helpers/wait-for.ts';

const ASK = head('/api/people/byFirstName/J', { fields: ['Accept: application/x-ndjson'] });
const LINE = `${JSON.stringify({ id: 'x'.repeat(64 * 1024 - 12) })}\n`;

test('an upstream gets no further ahead of a slow reader than the sockets hold', async () => {
  const lines = 4_000; // 256 MB
  let written = 0;
  let isBlocked = false;
  const upstream = await openUpstream((socket) => {
    const write = (): void => {
      isBlocked = false;
      while (written < lines) {
        written++;
        if (socket.write(LINE)) continue;
        isBlocked = true;
        socket.once('drain', write);
        return;
      }
    };
    socket.write(streamHead(lines * LINE.length));
    write();
  });
  const { url } = await openRouter([upstream.url]);
  const connection = await openRaw(url, { isPaused: true });
  connection.send(ASK);

  // Blocked, and for as long as it takes to look a few times.
  let before = -1;
  let unchanged = 0;
  await waitFor('the upstream to be stopped', () => {
    unchanged = isBlocked && written === before ? unchanged + 1 : 0;
    before = written;
    return unchanged >= 10;
  });
  expect(written).toBeLessThan(lines / 2);

  let read = 0;
  connection.socket.removeAllListeners('data');
  connection.socket.on('data', (chunk) => {
    read += chunk.length;
  });
  connection.socket.resume();
  await waitFor('all of it', () => read > lines * LINE.length, 20_000);
});

test('a stream is passed on as it comes, not when it is complete', async () => {
  let more = (_text: string): void => {};
  const upstream = await openUpstream((socket) => {
    more = (text) => socket.write(text);
    socket.write(`${streamHead(6)}{}\n`);
  });
  const { url } = await openRouter([upstream.url]);
  const connection = await openRaw(url);
  connection.send(ASK);
  await waitFor('the first line', () => connection.received().endsWith('\r\n\r\n{}\n'));
  more('[]\n');
  expect((await connection.answer()).body.toString()).toBe('{}\n[]\n');
});

test('the connection is used again after a stream', async () => {
  const upstream = await openUpstream((socket) => socket.write(`${streamHead(3)}{}\n`));
  const { url } = await openRouter([upstream.url]);
  const connection = await openRaw(url);
  for (const n of [1, 2, 3]) {
    connection.send(ASK);
    expect((await connection.answer(n)).body.toString()).toBe('{}\n');
  }
  expect(upstream.requests.map((request) => request.connection)).toEqual([1, 1, 1]);
});
