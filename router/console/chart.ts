// One live chart: a line per range over the last minutes, with marks where something happened. uPlot draws; around it
// are what a canvas lacks: a legend that reads the values out (now, or where the pointer is), a sentence for screen
// readers and the numbers as a table.

import { type ChartColumns, chartColumns, shownSeconds, timeLabels } from './chart-data.ts';
import { drawMarks } from './chart-marks.ts';
import { type ChartTable, createChartTable } from './chart-table.ts';
import { create, createList, setAttribute, setText } from './dom.ts';
import { rangeName } from './format.ts';
import { colour, colourOfHue, type HueOf } from './palette.ts';
import type { RecentTraffic } from './recent.ts';
import type { Story } from './story.ts';

export interface ChartOptions {
  /** The section it lives in: its heading is there already. */
  readonly section: HTMLElement;
  /** What is shown, as a sentence begins: `Requests per second`. */
  readonly title: string;
  readonly read: (traffic: RecentTraffic) => number | null;
  readonly format: (value: number | null) => string;
  readonly shape: 'linear' | 'log';
  readonly hueOf: HueOf;
}

interface LegendEntry {
  readonly range: string;
  readonly value: string;
}

/** Charts with the same key move their pointers together. */
const POINTER_KEY = 'console';
const FONT = '11px Inter, system-ui, sans-serif';
const Y_AXIS_WIDTH = 56;

export class Chart {
  readonly #options: ChartOptions;
  readonly #canvas: HTMLElement;
  readonly #showLegend: (entries: readonly LegendEntry[]) => void;
  readonly #table: ChartTable;
  #plot: uPlot | null = null;
  #ranges: readonly string[] = [];
  #columns: ChartColumns = [[]];
  #story: Story | null = null;
  #pointer: number | null = null;

  constructor(options: ChartOptions) {
    this.#options = options;
    const { section, hueOf } = options;
    const legend = create('ul', { class: 'legend', 'aria-hidden': 'true' });
    this.#canvas = create('div', { class: 'plot', role: 'img' });
    this.#table = createChartTable(options.title, options.format);
    section.append(legend, this.#canvas, this.#table.element);
    this.#showLegend = createList<LegendEntry>(
      legend,
      ({ range }) => range,
      ({ range }) => {
        const value = create('b');
        const element = create('li', { 'data-hue': hueOf(range) }, rangeName(range), value);
        return { element, update: (entry) => setText(value, entry.value) };
      },
    );
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#build());
  }

  update(story: Story): void {
    const ranges = story.status?.pools.map(({ range }) => range) ?? [];
    const isSame = ranges.join() === this.#ranges.join();
    this.#story = story;
    this.#ranges = ranges;
    this.#columns = chartColumns(story.traffic, ranges, this.#options.read);
    if (this.#plot && isSame) this.#plot.setData(this.#columns);
    else this.#build();
    this.#readOut();
    this.#table.update(this.#columns, ranges);
  }

  #build(): void {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#config(), this.#columns, this.#canvas);
  }

  /** Reads the values out: at the pointer, else the latest. */
  #readOut(): void {
    const { title, format } = this.#options;
    const [times, ...columns] = this.#columns;
    const textAt = (index: number): string[] => columns.map((column) => format(column[index] ?? null));
    const shown = textAt(this.#pointer ?? times.length - 1);
    this.#showLegend(this.#ranges.map((range, index) => ({ range, value: shown[index] ?? '' })));
    const latest = textAt(times.length - 1).map((value, index) => `${rangeName(this.#ranges[index] ?? '')} ${value}`);
    const minutes = shownSeconds(this.#story?.traffic ?? []) / 60;
    const stretch = minutes === 1 ? 'minute' : `${minutes} minutes`;
    setAttribute(this.#canvas, 'aria-label', `${title} over the last ${stretch}; now: ${latest.join(', ')}.`);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(200, this.#canvas.clientWidth), height: Math.max(120, this.#canvas.clientHeight) };
  }

  #span(): readonly [from: number, to: number] {
    const traffic = this.#story?.traffic ?? [];
    const last = traffic.at(-1);
    const now = last ? Date.parse(last.at) / 1000 : Date.now() / 1000;
    return [now - shownSeconds(traffic), now];
  }

  #config(): uPlot.Options {
    const { shape, format, hueOf } = this.#options;
    const axis = { stroke: colour('--muted'), font: FONT, ticks: { show: false } };
    const grid = { stroke: colour('--line'), width: 1, ...(shape === 'log' && { filter: decadesOnly }) };
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [12, 18, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: POINTER_KEY }, points: { size: 7 } },
      scales: {
        x: { time: false, range: () => [...this.#span()] as [number, number] },
        y:
          shape === 'log'
            ? { distr: 3, range: (_plot, low, high) => [Math.min(low ?? 1, 1) / 1.5, Math.max(high ?? 10, 10) * 1.5] }
            : { range: (_plot, _low, high) => [0, Math.max(10, (high ?? 0) * 1.15)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          grid: { show: false },
          splits: () => timeLabels(this.#span()[1], shownSeconds(this.#story?.traffic ?? [])).map(([time]) => time),
          values: () => timeLabels(0, shownSeconds(this.#story?.traffic ?? [])).map(([, label]) => label),
        },
        {
          ...axis,
          grid,
          size: Y_AXIS_WIDTH,
          values: (_plot, splits) => splits.map((value) => (value === null ? '' : format(value))),
        },
      ],
      series: [
        {},
        ...this.#ranges.map((range): uPlot.Series => {
          const stroke = colourOfHue(hueOf(range));
          const paths = shape === 'log' ? uPlot.paths.stepped!({ align: 1 }) : uPlot.paths.spline!();
          return {
            stroke,
            width: 2,
            paths,
            points: { show: false },
            ...(shape === 'linear' && { fill: `${stroke}1f` }),
          };
        }),
      ],
      hooks: {
        drawClear: [(plot) => drawMarks(plot, this.#story?.events ?? [], this.#span()[0])],
        setCursor: [
          (plot) => {
            this.#pointer = plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? null) : null;
            this.#readOut();
          },
        ],
      },
    };
  }
}

/** A line for 1, 10, 100, none between. */
function decadesOnly(_plot: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));
}
