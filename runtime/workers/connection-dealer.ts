// The port of an instance: accepted by the primary for as long as it lives, and dealt out to its workers.
// node:cluster would close the port with the last worker, and a port chosen by the system would be lost with it; here
// connections that come while no worker is ready wait for one. A connection goes to the ready worker that has the
// fewest, so that new workers fill up first; but not to one that does not take those it was sent, if another does.
// Cost: two messages per connection, none per request.

import { createServer, type Server, type Socket } from 'node:net';
import { listen } from '../listen.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** A worker that has not taken a connection after this long hangs, or is busy enough already. */
const STUCK_MS = 100;
const WAITING_LIMIT = 4_096;
const WAITING_MS = 10_000;

export class ConnectionDealer {
  readonly #ready: () => readonly WorkerHandle<unknown>[];
  readonly #waiting = new Set<Socket>();
  readonly #server: Server;

  /** `ready` gives the workers that take connections now. */
  constructor(ready: () => readonly WorkerHandle<unknown>[]) {
    this.#ready = ready;
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#deal(socket));
  }

  /** Opens the port; resolves with its URL. Throws UserError (address). */
  listen(host: string, port: number): Promise<string> {
    return listen(this.#server, host, port);
  }

  /** Deals the connections that waited; to be called when a worker became ready. */
  dealWaiting(): void {
    const sockets = [...this.#waiting];
    this.#waiting.clear();
    this.deal(sockets);
  }

  /** Deals connections that are already accepted. */
  deal(sockets: Iterable<Socket>): void {
    for (const socket of sockets) if (!socket.destroyed) this.#deal(socket);
  }

  /** Accepts no more; connections still waiting are closed. */
  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }

  #deal(socket: Socket): void {
    const worker = this.#leastConnected();
    if (!worker) {
      this.#wait(socket);
      return;
    }
    worker.handedOver++;
    worker.process.send({ type: 'connection' }, socket);
  }

  #leastConnected(): WorkerHandle<unknown> | undefined {
    const ready = this.#ready();
    const open = ready.filter(({ process }) => process.waitingMs() < STUCK_MS);
    let least: WorkerHandle<unknown> | undefined;
    for (const worker of open.length > 0 ? open : ready) {
      if (!least || worker.connections < least.connections) least = worker;
    }
    return least;
  }

  #wait(socket: Socket): void {
    if (this.#waiting.size >= WAITING_LIMIT) {
      socket.destroy();
      return;
    }
    this.#waiting.add(socket);
    socket.on('error', () => {});
    const timer = setTimeout(() => {
      if (this.#waiting.delete(socket)) socket.destroy();
    }, WAITING_MS);
    timer.unref();
  }
}
