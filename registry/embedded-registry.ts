// The registry a router hosts on its ops port: a lease book, the timer that ends leases, and three HTTP routes.
// Instances and other routers use it over HTTP (http-registry.ts); its own router watches it directly.

import type { Express } from 'express';
import type { Logger } from '../runtime/log.ts';
import { sendProblem } from '../runtime/problem.ts';
import { messageOf } from '../runtime/user-error.ts';
import { type Announcement, parseAnnouncement, type RegistryWatcher } from './announcement.ts';
import { LeaseBook } from './lease-book.ts';

/** Where instances are announced, on the ops port. */
export const REGISTRY_PATH = '/registry/instances';

const EXPIRY_CHECK_MS = 250;
/** A watcher's question is answered after this even if nothing changed. */
const LONGEST_WAIT_MS = 25_000;

export interface EmbeddedRegistry extends RegistryWatcher {
  addRoutes(app: Express): void;
}

/** Creates the registry; `refuse` gives the reason not to accept an announcement beside the others, or null. */
export function createEmbeddedRegistry(
  log: Logger,
  refuse: (candidate: Announcement, others: readonly Announcement[]) => string | null,
): EmbeddedRegistry {
  const book = new LeaseBook();
  const listeners = new Set<() => void>();
  const now = (): number => performance.now();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const expiry = setInterval(() => {
    if (book.expire(now())) changed();
  }, EXPIRY_CHECK_MS);

  return {
    watch(onInstances) {
      const tell = (): void => onInstances(book.list());
      listeners.add(tell);
      if (book.list().length > 0) tell(); // they were quicker than the router that hosts us
    },
    async close() {
      clearInterval(expiry);
      changed(); // lets waiting watchers go
      listeners.clear();
    },
    addRoutes(app) {
      app.put(`${REGISTRY_PATH}/:id`, (req, res) => {
        let announcement: Announcement;
        try {
          announcement = parseAnnouncement({ ...req.body, id: req.params.id });
        } catch (error) {
          sendProblem(res, { status: 400, detail: messageOf(error) });
          return;
        }
        const others = book.list().filter(({ id }) => id !== announcement.id);
        const reason = refuse(announcement, others);
        if (reason !== null) {
          log.warn(`announcement of ${announcement.id} refused: ${reason}`);
          sendProblem(res, { status: 409, detail: reason });
          return;
        }
        if (book.announce(announcement, now())) changed();
        res.status(204).end();
      });
      app.delete(`${REGISTRY_PATH}/:id`, (req, res) => {
        if (book.withdraw(req.params.id)) changed();
        res.status(204).end();
      });
      app.get(REGISTRY_PATH, (req, res) => {
        const known = Number(req.query.index ?? 0);
        const answer = (): void => {
          clearTimeout(timer);
          listeners.delete(answer);
          if (!res.writableEnded && !res.destroyed) res.json({ index: book.index, instances: book.list() });
        };
        const timer = setTimeout(answer, LONGEST_WAIT_MS);
        if (book.index !== known) return answer();
        listeners.add(answer);
        res.once('close', answer);
      });
    },
  };
}
