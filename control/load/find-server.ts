// Whether there is anything to load at all: asked once, before a load begins.

import { UserError } from '../../runtime/user-error.ts';
import { type ExchangeEnd, LoadConnection, targetOf } from './exchange.ts';

const ANSWER_MS = 5_000;

/** Resolves when something answers there. Throws UserError (unreachable). */
export async function findServer(url: string): Promise<void> {
  const connection = new LoadConnection(targetOf(url));
  const timer = setTimeout(() => connection.giveUp('timeout'), ANSWER_MS);
  const end = await new Promise<ExchangeEnd>((resolve) => connection.send('/', resolve));
  clearTimeout(timer);
  connection.close();
  if (end.isAnswered) return;
  throw new UserError(
    'unreachable',
    `nothing answers at ${url} (${end.reason}): is "zpeople start" running? --url names another place`,
  );
}
