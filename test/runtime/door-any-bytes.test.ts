// Whatever bytes come, in whatever pieces: whole answers come back, one for each request that was handled and at most
// one refusal behind them, the connection ends, and the door goes on.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDoor } from '../helpers/listening.ts';
import { expectProblem } from '../helpers/problem.ts';
import { head, openRaw } from '../helpers/raw-http.ts';

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constant(head('/')) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('GET ', 'POST ', 'CONNECT ', 'PRI ', '/', '*', 'http://a/', ' HTTP/1.1', ' HTTP/1.0'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('\r\n', '\r\n\r\n', '\n', '\r', ' ', '\t', ':', '\0', '0\r\n\r\n', '5\r\nhello\r\n'),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        ...['Host: a', 'Host: a, b', 'Content-Length: 0', 'Content-Length: 5', 'Content-Length: 5, 5', 'hello'],
        ...['Transfer-Encoding: chunked', 'Transfer-Encoding : x', 'Expect: 100-continue', 'Expect: x', 'Upgrade: h2c'],
        ...['Connection: close', 'Connection: keep-alive, Upgrade', 'X: '.padEnd(9_000, 'x'), 'Trailer: x'],
      )
      .map((field) => `${field}\r\n`),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const mutated = fc
  .tuple(
    fc.nat(),
    fc.nat(255),
    fc.array(fc.constantFrom('Host: b', 'Content-Length: 3', 'Expect: 100-continue'), { maxLength: 2 }),
  )
  .map(([at, byte, fields]) => {
    const request = head('/', { fields });
    return request.slice(0, at % request.length) + String.fromCharCode(byte) + request.slice((at % request.length) + 1);
  });

test('any bytes', { timeout: 60_000 }, async () => {
  let handled = 0;
  const { url } = await openDoor((_req, res) => {
    handled++;
    res.setHeader('Content-Length', 2);
    setImmediate(() => res.end('ok'));
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(piece, mutated), { maxLength: 12 }), async (pieces) => {
      handled = 0;
      const connection = await openRaw(url);
      for (const one of [...pieces, '\r\n\r\n?\r\n\r\n']) connection.send(one);
      await connection.closed;

      const answers = connection.answers();
      const good = answers.filter(({ status }) => status === 200);
      expect(answers.slice(0, good.length)).toEqual(good);
      expect(answers.length - good.length).toBeLessThanOrEqual(1);
      for (const refused of answers.slice(good.length)) expectProblem(refused, refused.status);
      expect(handled).toBeGreaterThanOrEqual(good.length);
    }),
    { numRuns: 300 },
  );
});
