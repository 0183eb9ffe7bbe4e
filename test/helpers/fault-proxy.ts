// The network between router and instance, as bad as a test wants it, from one moment to the next: what it is set to
// holds for connections that are open already, too.

import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from '../../runtime/listen.ts';

export type Fault =
  | { readonly kind: 'none' }
  /** Answers come so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is reset when a request comes. */
  | { readonly kind: 'reset' }
  /** The connection is closed after so many bytes of an answer. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** It is closed from this side when a request comes, and still read from. */
  | { readonly kind: 'half-close' }
  /** Requests are taken, and nothing comes back. */
  | { readonly kind: 'blackhole' }
  /** So many bytes of an answer come, and then nothing. */
  | { readonly kind: 'stall'; readonly bytes: number };

export interface FaultProxy {
  readonly url: string;
  set(fault: Fault): void;
  /** Requests that came, probes included. */
  requests(): number;
  /** Connections open right now. */
  connections(): number;
}

/** Opens a proxy in front of an instance until the test is over. */
export async function openFaultProxy(instanceUrl: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(instanceUrl);
  const clients = new Set<Socket>();
  let fault: Fault = { kind: 'none' };
  let requests = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const instance = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let answerBytes = 0;
    clients.add(client);
    const end = (): void => {
      client.destroy();
      instance.destroy();
    };
    const pass = (chunk: Buffer): void => {
      if (client.writable) client.write(chunk);
    };
    client.on('error', end).on('end', () => instance.end());
    client.on('close', () => {
      clients.delete(client);
      end();
    });
    instance.on('error', end).on('close', end);
    client.on('data', (chunk) => {
      requests++;
      answerBytes = 0;
      if (fault.kind === 'reset') client.resetAndDestroy();
      else if (fault.kind === 'half-close') client.end();
      else if (fault.kind !== 'blackhole') instance.write(chunk);
    });
    instance.on('data', (chunk) => {
      const left = 'bytes' in fault ? Math.max(0, fault.bytes - answerBytes) : Number.POSITIVE_INFINITY;
      answerBytes += chunk.length;
      if (fault.kind === 'blackhole') return;
      if (fault.kind === 'delay') setTimeout(() => pass(chunk), fault.ms);
      else if (left > 0) pass(chunk.subarray(0, left));
      if (fault.kind === 'truncate' && answerBytes >= fault.bytes) client.end(() => end());
    });
  });
  onTestFinished(() => {
    server.close();
    for (const client of clients) client.destroy();
  });
  return {
    url: await listen(server, '127.0.0.1', 0),
    set: (next) => {
      fault = next;
    },
    requests: () => requests,
    connections: () => clients.size,
  };
}
