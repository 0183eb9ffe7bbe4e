// Several clients who miss one page at once share an upstream request; it ends with the last of them, and never takes
// a newcomer along.

import { expect, test } from 'vitest';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';
import { openUpstream, PAGE_BODY, pageAnswer } from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { waitFor } from '../helpers/wait-for.ts';

const ASK = head('/api/people/byFirstName/J', { fields: ['Connection: close'] });

test('one of them may leave', async () => {
  let answer = (): void => {};
  const upstream = await openUpstream((socket) => {
    answer = () => socket.write(pageAnswer());
  });
  const { url } = await openRouter([upstream.url], { cacheMb: 1 });
  const first = await openRaw(url);
  first.send(ASK);
  await waitFor('the upstream request', () => upstream.requests.length === 1);
  const second = exchange(url, ASK);
  const third = await openRaw(url);
  third.send(ASK);
  first.socket.destroy();
  third.socket.destroy();
  await exchange(url, head('/', { fields: ['Connection: close'] }));
  answer();
  const [got] = await second;
  expect([got?.status, got?.body.toString(), upstream.requests.length]).toEqual([200, PAGE_BODY, 1]);
});

test('who comes after the last has left gets an upstream request of their own', async () => {
  const upstream = await openUpstream((socket, { number }) =>
    socket.write(number === 1 ? pageAnswer({ status: '421 Misdirected Request' }) : pageAnswer()),
  );
  const { url, counters } = await openRouter([upstream.url], { cacheMb: 1 });
  const first = await openRaw(url);
  first.send(ASK);
  await waitFor('it to wait for a new table', () => counters.counts().people_retries_total === 1);
  first.socket.destroy();
  await exchange(url, head('/', { fields: ['Connection: close'] }));
  const [got] = await exchange(url, ASK);
  expect([got?.status, got?.body.toString()]).toEqual([200, PAGE_BODY]);
});
