// From counted series to Prometheus' text, rendered by prom-client. A series is written as Prometheus writes it,
// `name{label="value"}`, and counted under that text; here it is taken apart once per scrape.

import { type Metric, Registry } from 'prom-client';

/** What is known of a metric besides its values. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** A metric's series by their full text. For a histogram: its `_bucket`, `_sum` and `_count` series. */
export type Series = Iterable<readonly [series: string, value: number]>;

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const SERIES = /^(\w+)(?:\{(.*)\})?$/s;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Renders the series of all defined metrics; series of no definition are a mistake and throw. */
export function renderMetrics(definitions: readonly MetricDefinition[], series: Series): Promise<string> {
  const values = new Map<MetricDefinition, SeriesValue[]>(definitions.map((definition) => [definition, []]));
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  for (const [text, value] of series) {
    const [, name = '', labels = ''] = SERIES.exec(text) ?? [];
    const definition = byName.get(name) ?? byName.get(name.replace(/_(?:bucket|sum|count)$/, ''));
    if (!definition) throw new Error(`series ${text} belongs to no defined metric`);
    values.get(definition)!.push({
      metricName: name,
      value,
      labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, text]) => [key!, withoutEscapes(text!)])),
    });
  }
  const registry = new Registry();
  for (const [definition, found] of values) {
    if (found.length > 0) registry.registerMetric(new Rendered(definition, found) as unknown as Metric);
  }
  return registry.metrics();
}

/** A label's value as it is meant: prom-client escapes it again. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

interface SeriesValue {
  readonly metricName: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A metric of prom-client whose values were counted elsewhere. */
class Rendered {
  readonly name: string;
  readonly #definition: MetricDefinition;
  readonly #values: readonly SeriesValue[];

  constructor(definition: MetricDefinition, values: readonly SeriesValue[]) {
    this.name = definition.name;
    this.#definition = definition;
    this.#values = values;
  }

  async get(): Promise<object> {
    return { ...this.#definition, aggregator: 'sum', values: this.#values };
  }
}
