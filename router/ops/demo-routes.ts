// `POST /demo/kill|hang|load {"range":"E-P"}` on the ops port of a router in a demo. It passes the wish to its parent and
// answers before it is granted; what comes of it is among the events.

import type { Express } from 'express';
import type { EventLog } from '../../runtime/event-log.ts';
import { sendProblem } from '../../runtime/problem.ts';
import type { RoutingTable } from '../table/routing-table.ts';
import { DEMO_ACTS, type DemoWish, isDemoReport } from './demo-protocol.ts';

/** Adds the routes, and the parent's reports to the events. */
export function addDemoRoutes(app: Express, table: () => RoutingTable, events: EventLog): void {
  process.on('message', (message) => {
    if (isDemoReport(message)) events.add({ ...message, instance: null });
  });
  for (const act of DEMO_ACTS) {
    app.post(`/demo/${act}`, (req, res) => {
      const range: unknown = req.body?.range;
      const ranges = table().pools.map((pool) => pool.range);
      const known = ranges.find((candidate) => candidate === range);
      if (known === undefined) {
        const detail = `The body must be {"range": R} with R one of ${ranges.join(', ') || 'no pools yet'}.`;
        return sendProblem(res, { status: 400, detail });
      }
      process.send?.({ demo: act, range: known } satisfies DemoWish);
      res.status(202).json({ range: known });
    });
  }
}
