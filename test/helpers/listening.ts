// Servers of a test, on a port the system chose; they end with it, connections included.

import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { createDoor, type Door, type DoorOptions } from '../../runtime/door.ts';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { listen } from '../../runtime/listen.ts';

/** Opens a door in front of a handler, as processes do, and gives its URL; `heads` null: one that knows none. */
export async function openDoor(
  handler: RequestListener,
  options: DoorOptions = {},
  heads: KnownHeads | null = new KnownHeads(),
): Promise<{ readonly door: Door; readonly url: string }> {
  const door = createDoor(handler, { ...options, heads: heads ?? undefined });
  onTestFinished(() => {
    door.server.closeAllConnections();
    door.server.close();
  });
  return { door, url: await listen(door.server, '127.0.0.1', 0) };
}
