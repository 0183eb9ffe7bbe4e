// The metrics of a router (DESIGN §10).

import type { MetricDefinition } from '../../runtime/metrics.ts';

export const ROUTER_METRICS: readonly MetricDefinition[] = [
  {
    name: 'people_requests_total',
    help: 'Requests answered, by range (none: refused for all), status and cache outcome.',
    type: 'counter',
  },
  { name: 'people_request_duration_seconds', help: 'Time to the answer, by range.', type: 'histogram' },
  { name: 'people_letter_requests_total', help: 'Requests for people, by letter.', type: 'counter' },
  { name: 'people_upstream_attempts_total', help: 'Attempts at instances, retries included.', type: 'counter' },
  { name: 'people_retries_total', help: 'Attempts after the first.', type: 'counter' },
  { name: 'people_sheds_total', help: 'Requests shed because their pool had too many, by range.', type: 'counter' },
  { name: 'people_ejections_total', help: 'Instances ejected after failures in a row, by range.', type: 'counter' },
  { name: 'people_in_flight', help: 'Requests under way at shards, by range.', type: 'gauge' },
  { name: 'people_queued', help: 'Requests waiting for admission, by range.', type: 'gauge' },
  { name: 'people_cache_bytes', help: 'Bytes of pages kept.', type: 'gauge' },
  {
    name: 'people_table_age_seconds',
    help: 'Time since the registry last confirmed the routing table.',
    type: 'gauge',
  },
  { name: 'people_table_epoch', help: 'Highest layout epoch in the routing table.', type: 'gauge' },
  { name: 'people_workers', help: 'Router workers that are ready.', type: 'gauge' },
];
