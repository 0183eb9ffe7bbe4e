// The last minute of a chart as a table, for who cannot or does not want to read a chart: ten seconds a row. Filled only
// while it is open.

import type { ChartColumns } from './chart-data.ts';
import { create } from './dom.ts';
import { clock, rangeName } from './format.ts';

export interface ChartTable {
  readonly element: HTMLElement;
  update(columns: ChartColumns, ranges: readonly string[]): void;
}

const SHOWN_S = 60;
const EVERY_S = 10;

/** Creates the table, closed. */
export function createChartTable(title: string, format: (value: number | null) => string): ChartTable {
  const head = create('tr');
  const body = create('tbody');
  const table = create('table', {}, create('caption', { class: 'unseen' }, title), create('thead', {}, head), body);
  const element = create('details', { class: 'numbers' }, create('summary', {}, 'Numbers'), table);
  return {
    element,
    update: ([times, ...columns], ranges) => {
      const last = times.at(-1);
      if (!element.open || last === undefined) return;
      head.replaceChildren(...['At', ...ranges.map(rangeName)].map((text) => create('th', { scope: 'col' }, text)));
      const rows: HTMLElement[] = [];
      for (let ago = 0; ago <= SHOWN_S; ago += EVERY_S) {
        const index = times.findLastIndex((time) => time <= last - ago);
        const time = times[index];
        if (time === undefined) break;
        const cells = columns.map((column) => create('td', {}, format(column[index] ?? null)));
        rows.push(
          create('tr', {}, create('th', { scope: 'row' }, clock(new Date(time * 1000).toISOString())), ...cells),
        );
      }
      body.replaceChildren(...rows);
    },
  };
}
