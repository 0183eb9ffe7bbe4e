// NDJSON: a letter, or a part of it, one person a line; at the speed of its reader, and whole or visibly broken.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import request from 'supertest';
import { expect, onTestFinished, test } from 'vitest';
import type { Letter } from '../../people/letter.ts';
import type { Person } from '../../people/person.ts';
import { openDoor } from '../helpers/listening.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { createSampleApp, createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';
import { waitFor } from '../helpers/wait-for.ts';

const PATH = '/api/people/byFirstName/J';
const STREAM = { fields: ['Accept: application/x-ndjson'] };

const linesOf = (body: Buffer): Person[] =>
  body
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Person);

test.for([0, 1, 2, 99, 100, 101, 5_000])('a stream of %i people has each on its line', async (count) => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', count)));
  const connection = await openRaw(url);
  connection.send(head(PATH, STREAM));
  const { status, headers, body } = await connection.answer();
  expect([status, headers['content-type'], headers['content-encoding'], headers.link]).toEqual([
    200,
    'application/x-ndjson',
    undefined,
    undefined,
  ]);
  expect(headers['content-length']).toBe(String(body.length));
  expect(linesOf(body)).toEqual(peopleOf('J', count));
});

test('a stream is not compressed, whatever the client takes', async () => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 3)));
  const connection = await openRaw(url);
  connection.send(head(PATH, { fields: [...STREAM.fields, 'Accept-Encoding: br, gzip'] }));
  expect(linesOf((await connection.answer()).body)).toEqual(peopleOf('J', 3));
});

test('limit and cursor apply, and the next part is named', async () => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 10)));
  const parts: Person[][] = [];
  for (let target: string | undefined = `${PATH}?limit=4`; target; ) {
    const connection = await openRaw(url);
    connection.send(head(target, STREAM));
    const { headers, body } = await connection.answer();
    parts.push(linesOf(body));
    target = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
  }
  expect(parts.map((part) => part.length)).toEqual([4, 4, 2]);
  expect(parts.flat()).toEqual(peopleOf('J', 10));
});

test("a page's cursor without a limit streams all the rest", async () => {
  const { url } = await serveShard(createShard('E-P', peopleOf('J', 300)));
  const { body } = await request(url).get(`${PATH}?limit=100`);
  const connection = await openRaw(url);
  connection.send(head(body.next.replace('limit=100&', ''), STREAM));
  expect(linesOf((await connection.answer()).body)).toEqual(peopleOf('J', 300).slice(100));
});

/** A letter far larger than all socket buffers on the way. */
const LARGE = createShard('J', peopleOf('J', 200_000));
const LARGE_SIZE = LARGE.letters.get('J' as Letter)!.bytes - 200_000 + 2; // ",\n" between, "\n" after each

async function serveLarge() {
  const { door, url } = await openDoor(createSampleApp(LARGE));
  return { url, accepted: () => once(door.server, 'connection') as Promise<[Socket]> };
}

test('a stream goes at the speed of its reader, and others are served meanwhile', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const { url, accepted } = await serveLarge();
  expect(LARGE_SIZE).toBeGreaterThan(20_000_000);

  const arrival = accepted();
  const connection = await openRaw(url, { isPaused: true });
  connection.send(head(PATH, STREAM));
  const [socket] = await arrival;
  await waitFor('the stream to wait for its reader', () => socket.writableNeedDrain);
  const { body } = await request(url).get(`${PATH}?limit=1`);
  expect(body.total).toBe(200_000);
  expect(socket.writableNeedDrain).toBe(true);
  expect(socket.writableLength).toBeLessThan(1_000_000);

  connection.socket.resume();
  const { body: all } = await connection.answer();
  expect(all.length).toBe(LARGE_SIZE);
  expect(all.subarray(-1).toString()).toBe('\n');
  expect(warnings).toEqual([]);
});

test('a stream whose reader leaves is given up', async () => {
  const { url, accepted } = await serveLarge();
  const arrival = accepted();
  const connection = await openRaw(url, { isPaused: true });
  connection.send(head(PATH, STREAM));
  const [socket] = await arrival;
  await waitFor('the stream to wait for its reader', () => socket.writableNeedDrain);
  connection.socket.destroy();
  await waitFor('the connection to end', () => socket.destroyed);
});
