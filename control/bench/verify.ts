// Before anything is measured: does a contender really answer what it is measured for? The same bytes as the shard, from
// where it is said to take them. Who answers something else is not compared but ends the bench.

import { gunzipSync } from 'node:zlib';
import { messageOf, UserError } from '../../runtime/user-error.ts';
import { type Answer, ask } from './ask.ts';
import type { Contender, Expectation } from './contender.ts';
import type { SamplePage } from './sample-page.ts';

/** Throws UserError that says what is wrong with the answers at `url`. */
export async function verifyContender(contender: Contender, url: string, page: SamplePage): Promise<void> {
  const { title, expects, from } = contender;
  const headers = contender.headers(page);
  const fail = (why: string): never => {
    throw new UserError('failed', `"${title}" cannot be measured: ${why}`);
  };
  const [first, second] = await askTwice(url, headers).catch((error: unknown) => fail(messageOf(error)));
  for (const answer of [first, second]) {
    const why = whatIsWrong(answer, expects, page);
    if (why) fail(why);
  }
  if (isFromShard(first, second) !== (from === 'shard')) {
    fail(from === 'shard' ? 'its answers do not come from the shard' : 'it asks the shard for what it should keep');
  }
}

/** What is wrong with an answer; null when it is as expected. */
export function whatIsWrong({ status, headers, body }: Answer, expects: Expectation, page: SamplePage): string | null {
  const wanted = expects === 'not-modified' ? 304 : 200;
  if (status !== wanted) return `it answers ${status}, not ${wanted}`;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== (expects === 'gzip' ? 'gzip' : 'identity')) return `its answer is encoded as ${encoding}`;
  switch (expects) {
    case 'page':
      return body.equals(page.body) ? null : 'its page has other bytes than the shard’s';
    case 'gzip':
      return gunzipSync(body).equals(page.body) ? null : 'its compressed page is another one than the shard’s';
    case 'not-modified':
      return body.length === 0 ? null : 'its 304 has a body';
    case 'ndjson':
      return isWholeStream(body, page) ? null : 'its stream is not the people of the page';
  }
}

async function askTwice(url: string, headers: Readonly<Record<string, string>>): Promise<[Answer, Answer]> {
  await ask(url, headers); // what is kept, is kept from here on
  return [await ask(url, headers), await ask(url, headers)];
}

/** A shard gives each answer an id of its own; a kept answer has none, or always the same. */
function isFromShard(first: Answer, second: Answer): boolean {
  return first.headers['x-request-id'] !== second.headers['x-request-id'];
}

function isWholeStream(body: Buffer, { body: page, total }: SamplePage): boolean {
  const lines = body.toString().split('\n');
  const { people } = JSON.parse(page.toString()) as { people: readonly unknown[] };
  const isComplete = lines.pop() === '' && lines.length === total;
  return isComplete && people.every((person, i) => JSON.stringify(person) === lines[i]);
}
