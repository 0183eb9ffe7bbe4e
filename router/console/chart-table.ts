// The last minute of a chart as a table, for who cannot or does not want to read a chart: ten seconds a row, the highest
// value of each. Filled only while it is open.

import { create } from './dom.ts';
import { clock, rangeName } from './format.ts';
import type { RangeTraffic, TrafficSample } from './wire.ts';

export interface ChartTable {
  readonly element: HTMLElement;
  update(traffic: readonly TrafficSample[], ranges: readonly string[]): void;
}

const ROWS = 6;
const SAMPLES_A_ROW = 10;

/** Creates the table, closed. */
export function createChartTable(
  title: string,
  read: (traffic: RangeTraffic | undefined) => number | null,
  format: (value: number | null) => string,
): ChartTable {
  const head = create('tr');
  const body = create('tbody');
  const caption = create('caption', { class: 'unseen' }, `${title}: the highest of each ten seconds`);
  const table = create('table', {}, caption, create('thead', {}, head), body);
  const element = create('details', { class: 'numbers' }, create('summary', {}, 'Numbers'), table);
  const update: ChartTable['update'] = (traffic, ranges) => {
    if (!element.open) return;
    head.replaceChildren(...['From', ...ranges.map(rangeName)].map((text) => create('th', { scope: 'col' }, text)));
    const rows = Array.from({ length: ROWS }, (_, row) =>
      traffic.slice(-SAMPLES_A_ROW * (ROWS - row)).slice(0, SAMPLES_A_ROW),
    );
    body.replaceChildren(
      ...rows.flatMap((samples, row) => {
        const [first] = samples;
        if (!first || traffic.length < SAMPLES_A_ROW * (ROWS - row - 1)) return [];
        const cells = ranges.map((range) => {
          const values = samples.flatMap((sample) => read(sample.ranges[range]) ?? []);
          return create('td', {}, format(values.length > 0 ? Math.max(...values) : null));
        });
        return [create('tr', {}, create('th', { scope: 'row' }, clock(first.at)), ...cells)];
      }),
    );
  };
  return { element, update };
}
