// One connection of a door. Its requests get their turn one after the other: no answer can overtake another, one
// client has one request worked on at a time, and a request that waits its turn ends with its connection (Node tells
// only the response under way that its client left). What is behind a refused request is never looked at.
// Closing lingers (RFC 9112 §9.6): what the client still sends is read away for a moment, or the reset it provokes
// could overtake our answer. Cost: a request that is not sent ahead takes its turn without a listener or a timer.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const LINGER_MS = 1_000;
/** Requests sent ahead until no more are read from the socket. */
const WAITING_LIMIT = 16;

/** Handles a request whose turn it is. */
export type TakeTurn = (req: IncomingMessage, res: ServerResponse, connection: Connection) => void;

interface Turn {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export class Connection {
  readonly openedAt = performance.now();
  /** Spreads the ends of connections that were opened together: 0.8 to 1.2. */
  readonly lifespan = 0.8 + Math.random() * 0.4;
  /** Requests that got their turn, or were answered without one. */
  requests = 0;
  /** The last request that came. */
  latest: IncomingMessage | undefined;
  /** Node's parser has let go of it: what comes is no business of ours. */
  isDetached = false;
  readonly #socket: Socket;
  readonly #takeTurn: TakeTurn;
  #current: ServerResponse | undefined;
  #waiting: Turn[] = [];
  #lastWords: string | undefined;
  #isClosing = false;

  constructor(socket: Socket, takeTurn: TakeTurn) {
    this.#socket = socket;
    this.#takeTurn = takeTurn;
    socket.destroySoon = () => this.close(); // what Node calls after an answer with "Connection: close"
  }

  /** Whether a request is being answered. */
  get isBusy(): boolean {
    return this.#current?.socket != null; // null once the answer is handed to the system
  }

  /** Whether nothing is asked and nothing is left to send. */
  get isIdle(): boolean {
    return !this.isBusy && this.#waiting.length === 0 && this.#socket.writableLength === 0;
  }

  /** Whether the next request would be the only one: nothing is asked, nothing left to send, nothing said for the last time. */
  get isFree(): boolean {
    return this.isIdle && !this.#isClosing && this.#lastWords === undefined;
  }

  /** Whether no request was sent ahead of the one whose turn it is. */
  get isLastTurn(): boolean {
    return this.#waiting.length === 0;
  }

  /** Handles a request when all before it are answered. */
  take(req: IncomingMessage, res: ServerResponse): void {
    this.latest = req;
    if (this.#isClosing || this.#lastWords !== undefined) return;
    if (!this.isBusy && this.#waiting.length === 0) {
      this.#run({ req, res });
      return;
    }
    this.#waiting.push({ req, res });
    if (this.#waiting.length === 1) this.#current?.once('close', this.#next);
    // Node resumes the socket at the end of each request, so pausing has to wait for the end of what was just read.
    if (this.#waiting.length === WAITING_LIMIT) process.nextTick(() => this.#socket.pause());
  }

  /**
   * Closes with an answer to bytes that are no request, after the answers to the requests before them; false when it is
   * closing already.
   */
  refuse(answer: string): boolean {
    if (this.#isClosing || this.#lastWords !== undefined) return false;
    if (this.isIdle) {
      this.close(answer);
      return true;
    }
    this.#lastWords = answer;
    if (this.#waiting.length > 0) return true;
    if (this.isBusy) this.#current?.once('close', this.#next);
    else this.#socket.write('', this.#next); // behind an answer without a response, which lingering would cut short
    return true;
  }

  /** Has the last request so far answered with "Connection: close", if its answer has not begun. */
  announceEnd(): void {
    const last = this.#waiting.at(-1)?.res ?? this.#current;
    if (last) last.shouldKeepAlive = false;
  }

  /** Closes, lingering; what is already handed to the socket is still sent. */
  close(lastWords?: string): void {
    const socket = this.#socket;
    if (this.#isClosing || socket.destroyed) return;
    this.#isClosing = true;
    this.#waiting = [];
    if (socket.writable) {
      if (lastWords !== undefined) socket.write(lastWords);
      socket.end();
    }
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    const leave = (): void => {
      if (socket.writableFinished) socket.destroy();
      else socket.once('finish', () => socket.destroy());
    };
    socket.once('close', () => clearTimeout(timer));
    socket.once('error', () => socket.destroy());
    if (socket.readableEnded) leave();
    else socket.once('end', leave);
    socket.resume();
  }

  #run({ req, res }: Turn): void {
    this.#current = res;
    this.#takeTurn(req, res, this);
    this.requests++;
  }

  readonly #next = (): void => {
    if (this.#isClosing || this.#socket.destroyed) {
      this.#waiting = [];
      return;
    }
    const turn = this.#waiting.shift();
    if (!turn) {
      this.close(this.#lastWords);
      return;
    }
    if (this.#waiting.length === WAITING_LIMIT / 2) this.#socket.resume();
    this.#run(turn);
    if (this.#waiting.length > 0 || this.#lastWords !== undefined) turn.res.once('close', this.#next);
  };
}
