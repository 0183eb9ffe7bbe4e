// Which agent `consul://HOST:8500` means. Pure.

import type { Logger } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';

/** What watcher and announcer are made from. */
export interface ConsulRegistryOptions {
  /** `consul://HOST:PORT`, of an agent. */
  readonly registry: string;
  readonly log: Logger;
}

/** Where an agent listens. */
export interface ConsulAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 8500;
const ADDRESS = /^consul:\/\/(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i;

/** Reads `consul://HOST:PORT`; the port may be left out. Throws UserError (usage). */
export function parseConsulAddress(registry: string): ConsulAddress {
  const [, host, port] = ADDRESS.exec(registry) ?? [];
  if (!host || Number(port ?? DEFAULT_PORT) > 65_535) {
    throw UserError.usage(`registry "${registry}" cannot be read; write it like consul://127.0.0.1:${DEFAULT_PORT}`);
  }
  return { host, port: Number(port ?? DEFAULT_PORT) };
}
