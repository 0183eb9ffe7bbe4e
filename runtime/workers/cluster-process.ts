// A worker as a real process: the only file that knows node:cluster's primary side.
// A connection sent to a worker stays open here, unread, until the worker says that it has taken it. A worker that dies
// or hangs may have connections in its mailbox: they are not lost with it. Cost: one short message more per connection.

import cluster from 'node:cluster';
import type { Socket } from 'node:net';
import type { ToPrimary } from './messages.ts';
import type { WorkerProcess } from './worker-handle.ts';

/** Returns a function that forks workers running a module; they inherit no flags and no settings but PATH and the like. */
export function clusterForker(workerModule: string, execArgv: readonly string[] = []): () => WorkerProcess {
  cluster.setupPrimary({ exec: workerModule, args: [], execArgv: [...execArgv] });
  return () => {
    const worker = cluster.fork(withoutOurVariables());
    const child = worker.process;
    /** Sockets sent, in their order, with when. */
    const mailbox: { readonly socket: Socket; readonly sentAt: number }[] = [];
    let failure: Error | null = null;
    worker.on('error', (error) => {
      failure = error; // of the start; else it is a message to a process that just died
    });
    return {
      id: worker.id,
      pid: child.pid ?? 0,
      send(message, socket) {
        if (socket) mailbox.push({ socket, sentAt: performance.now() });
        if (child.connected) child.send(message, socket, { keepOpen: true }, () => {}); // a failure ends in "close"
      },
      waitingMs: () => (mailbox[0] ? performance.now() - mailbox[0].sentAt : 0),
      kill: (signal) => child.kill(signal),
      onMessage: (listener) =>
        worker.on('message', (message: ToPrimary) => {
          if (message.type === 'taken')
            mailbox.shift()?.socket.destroy(); // it lives on in the worker
          else listener(message);
        }),
      // "exit" may overtake the last report; "close" comes after it, and also when there never was a process
      onExit: (listener) =>
        child.once('close', (code, signal) => {
          const how = child.pid === undefined ? `not started: ${failure?.message}` : howItEnded(code, signal);
          const undelivered = mailbox.splice(0).map(({ socket }) => socket);
          listener(how, undelivered);
        }),
    };
  };
}

/** Takes our variables, which may hold a secret, out of what a fork inherits. */
function withoutOurVariables(): Record<string, undefined> {
  const ours = Object.keys(process.env).filter((name) => name.startsWith('ZPEOPLE_'));
  return Object.fromEntries(ours.map((name) => [name, undefined]));
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `killed by ${signal}` : `exited with code ${code}`;
}
