// The metrics of a router (DESIGN §10).

import type { MetricDefinition } from '../runtime/metrics.ts';

export const ROUTER_METRICS: readonly MetricDefinition[] = [
  { name: 'people_requests_total', help: 'Requests answered, by range, status and cache outcome.', type: 'counter' },
  { name: 'people_upstream_attempts_total', help: 'Attempts at instances, retries included.', type: 'counter' },
  { name: 'people_retries_total', help: 'Attempts after the first.', type: 'counter' },
  {
    name: 'people_table_age_seconds',
    help: 'Time since the registry last confirmed the routing table.',
    type: 'gauge',
  },
  { name: 'people_table_epoch', help: 'Highest layout epoch in the routing table.', type: 'gauge' },
  { name: 'people_workers', help: 'Router workers that are ready.', type: 'gauge' },
];
