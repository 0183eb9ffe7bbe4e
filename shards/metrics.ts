// The metrics of an instance (DESIGN §10).

import type { MetricDefinition } from '../runtime/metrics.ts';

export const SHARD_METRICS: readonly MetricDefinition[] = [
  {
    name: 'people_requests_total',
    help: 'Requests answered, by range and status; probes are not counted.',
    type: 'counter',
  },
  { name: 'people_letter_requests_total', help: 'Requests for people, by letter.', type: 'counter' },
  { name: 'people_in_flight', help: 'Requests being answered, by range.', type: 'gauge' },
  { name: 'people_shard_people', help: 'People in the shard.', type: 'gauge' },
  { name: 'people_shard_bytes', help: 'Bytes of people in the shard.', type: 'gauge' },
  { name: 'people_workers', help: 'Workers that are ready.', type: 'gauge' },
];
