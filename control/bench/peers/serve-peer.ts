// What all peers in Node share: a free port of loopback, the line that says they serve, the end with their parent.

import type { Server } from 'node:http';
import { listen } from '../../../runtime/listen.ts';

/** Serves until the parent is gone. */
export function servePeer(server: Server): void {
  server.keepAliveTimeout = 60_000;
  process.on('disconnect', () => process.exit(0));
  listen(server, '127.0.0.1', 0).then((url) => process.stdout.write(`ready ${url}\n`));
}
