// Orders to a whole pool, on the router's ops port: passed on to each of its instances (DESIGN §7).

import type { Express, Response } from 'express';
import type { Announcement } from '../../registry/announcement.ts';
import { BAD_SCALE, workersOf } from '../../runtime/ops-server.ts';
import { sendProblem } from '../../runtime/problem.ts';
import { messageOf } from '../../runtime/user-error.ts';
import type { RoutingTable } from '../table/routing-table.ts';
import type { Fleet } from './fleet.ts';

/** Adds `POST /pools/:range/scale` and `POST /pools/:range/reload`. */
export function addPoolRoutes(app: Express, table: () => RoutingTable, fleet: Fleet): void {
  const instancesOf = (range: string, res: Response): readonly Announcement[] | null => {
    const { pools } = table();
    const pool = pools.find((entry) => entry.range === range.toUpperCase());
    if (pool) return pool.instances;
    const known = pools.map((entry) => entry.range).join(', ') || 'none';
    sendProblem(res, { status: 404, detail: `There is no pool ${range}; pools are: ${known}.` });
    return null;
  };
  const passOn = async (
    res: Response,
    instances: readonly Announcement[],
    path: '/scale' | '/reload',
    body: object,
  ) => {
    const outcomes = await Promise.allSettled(instances.map((instance) => fleet.order(instance, path, body)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [messageOf(outcome.reason)] : []));
    await Promise.all(instances.map((instance) => fleet.refresh(instance)));
    if (failures.length > 0) {
      sendProblem(res, { status: 502, detail: `Not every instance took the order: ${failures.join('; ')}.` });
    } else res.status(202).json({ instances: instances.map(({ id }) => id), ...body });
  };

  app.post('/pools/:range/scale', async (req, res) => {
    const workers = workersOf(req.body);
    if (workers === null) {
      sendProblem(res, BAD_SCALE);
      return;
    }
    const instances = instancesOf(req.params.range, res);
    if (instances) await passOn(res, instances, '/scale', { workers });
  });
  app.post('/pools/:range/reload', async (req, res) => {
    const instances = instancesOf(req.params.range, res);
    if (instances) await passOn(res, instances, '/reload', {});
  });
}
