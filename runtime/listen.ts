// Opening a port, with errors for people.

import type { AddressInfo, Server } from 'node:net';
import { messageOf, systemCode, UserError } from './user-error.ts';

/** Which of a process' ports: its flags are `--port` and `--host`, or `--ops-port` and `--ops-host`. */
export type PortKind = 'public' | 'ops';

/** Listens and resolves with the URL. `port` 0 lets the system choose. Throws UserError (address) that says what to do. */
export async function listen(server: Server, host: string, port: number, kind: PortKind = 'public'): Promise<string> {
  const prefix = kind === 'ops' ? '--ops-' : '--';
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => reject(addressError(error, host, port, prefix));
    server.once('error', failed);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return urlOf(host, (server.address() as AddressInfo).port);
}

/** The URL of a host and port; IPv6 addresses get their brackets. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A URL that others can use, for one of a server that listens on every address: `0.0.0.0` is no place to go to. */
export function reachableUrl(url: string, hostname: string): string {
  const parsed = new URL(url);
  if (parsed.hostname !== '0.0.0.0' && parsed.hostname !== '[::]') return url;
  parsed.hostname = hostname;
  return parsed.origin;
}

function addressError(error: Error, host: string, port: number, prefix: string): UserError {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new UserError(
        'address',
        `port ${port} on ${host} is taken: stop what uses it, or choose another ${prefix}port`,
      );
    case 'EACCES':
      return new UserError(
        'address',
        `port ${port} on ${host} may not be opened by this user: choose a ${prefix}port above 1023`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError('address', `${host} is not an address of this machine: choose another ${prefix}host`);
    default:
      return new UserError('address', `cannot listen on ${host}:${port}: ${messageOf(error)}`);
  }
}
