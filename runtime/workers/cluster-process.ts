// A worker as a real process: the only file that knows node:cluster's primary side.

import cluster from 'node:cluster';
import type { Socket } from 'node:net';
import type { ToPrimary } from './messages.ts';
import type { WorkerProcess } from './worker-handle.ts';

/** Returns a function that forks workers running a module; they inherit no flags and no settings but PATH and the like. */
export function clusterForker(workerModule: string, execArgv: readonly string[] = []): () => WorkerProcess {
  cluster.setupPrimary({ exec: workerModule, args: [], execArgv: [...execArgv] });
  return () => {
    const worker = cluster.fork();
    const child = worker.process;
    const undelivered = new Set<Socket>();
    let failure: Error | null = null;
    worker.on('error', (error) => {
      failure = error; // of the start; else it is a message to a process that just died
    });
    return {
      id: worker.id,
      pid: child.pid ?? 0,
      send(message, socket) {
        if (!child.connected) {
          socket?.destroy();
          return;
        }
        if (socket) undelivered.add(socket);
        child.send(message, socket, {}, (error) => {
          if (!socket) return;
          undelivered.delete(socket);
          if (error) socket.destroy();
        });
      },
      kill: (signal) => child.kill(signal),
      onMessage: (listener) => worker.on('message', (message: ToPrimary) => listener(message)),
      // "exit" may overtake the last report; "close" comes after it, and also when there never was a process
      onExit: (listener) =>
        child.once('close', (code, signal) => {
          const how = child.pid === undefined ? `not started: ${failure?.message}` : howItEnded(code, signal);
          listener(how, [...undelivered]);
        }),
    };
  };
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `killed by ${signal}` : `exited with code ${code}`;
}
