// openapi.yaml is read by people and programs: it must parse, and name what is really there.

import { readFile } from 'node:fs/promises';
import type express from 'express';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createEmbeddedRegistry } from '../../registry/embedded-registry.ts';
import { openOpsServer } from '../../runtime/ops-server.ts';

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags?: readonly string[] }>>>>;
}

const description = parse(
  await readFile(new URL('../../runtime/openapi.yaml', import.meta.url), 'utf8'),
) as Description;
const log = pino({ level: 'silent' });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function operations(tag: string): [method: string, path: string][] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags?.includes(tag))
      .map(([method]): [string, string] => [method.toUpperCase(), path]),
  );
}

describe('openapi.yaml', () => {
  it('is OpenAPI 3.1 and describes the one public path', () => {
    expect(description.openapi).toMatch(/^3\.1\./);
    expect(operations('public').map(([, path]) => path)).toEqual(Array(3).fill('/api/people/byFirstName/{letter}'));
  });

  it('names operations that an ops port has', async () => {
    const registry = createEmbeddedRegistry(log, () => null);
    const { url, close } = await openOpsServer({
      ...{ host: '127.0.0.1', port: 0, token: null, log },
      operations: {
        isReady: () => true,
        status: () => ({}),
        metrics: async () => '',
        scale: () => {},
        reload: () => {},
        drain: () => {},
      },
      addRoutes: (app: ReturnType<typeof express>) => registry.addRoutes(app),
    });
    closers.push(close, () => registry.close());
    const described = [
      ...operations('ops'),
      ...operations('router').filter(([, path]) => path.startsWith('/registry')),
    ];
    expect(described.length).toBeGreaterThan(10);
    for (const [method, path] of described) {
      const response = await fetch(url + path.replace('{id}', 'nobody'), {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(method !== 'GET' && { body: '{}' }),
      });
      await response.text();
      expect([method, path, response.status]).not.toEqual([method, path, 404]);
    }
  });
});
