import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUTER_METRICS } from '../../router/ops/metrics.ts';
import { Counters } from '../../runtime/counters.ts';
import { type MetricDefinition, renderMetrics } from '../../runtime/metrics.ts';
import { PROCESS_METRICS } from '../../runtime/workers/process-metrics.ts';
import { SHARD_METRICS } from '../../shards/metrics.ts';
import { lintMetrics } from '../helpers/prometheus-lint.ts';

const REQUESTS: MetricDefinition = { name: 'requests_total', help: 'Requests.', type: 'counter' };
const TIMES: MetricDefinition = { name: 'request_duration_seconds', help: 'Times.', type: 'histogram' };
const AGE: MetricDefinition = { name: 'table_age_seconds', help: 'Age.', type: 'gauge' };

const render = (definition: MetricDefinition, ...series: (readonly [string, number])[]): Promise<string> =>
  renderMetrics([definition], series);

describe('metrics as text', () => {
  it('name, explain and type each metric once, whatever the number of its series', async () => {
    const text = await renderMetrics(
      [REQUESTS, AGE],
      [
        ['requests_total{range="A-D",status="200"}', 5],
        ['table_age_seconds', 0.25],
        ['requests_total{range="E-P",status="503"}', 7],
      ],
    );
    expect(text).toBe(
      [
        '# HELP requests_total Requests.',
        '# TYPE requests_total counter',
        'requests_total{range="A-D",status="200"} 5',
        'requests_total{range="E-P",status="503"} 7',
        '',
        '# HELP table_age_seconds Age.',
        '# TYPE table_age_seconds gauge',
        'table_age_seconds 0.25',
        '',
      ].join('\n'),
    );
    expect(lintMetrics(text)).toEqual([]);
  });

  it('leave out what was never counted', async () => {
    expect(await renderMetrics([REQUESTS, AGE], [['table_age_seconds', 1]])).not.toContain('requests_total');
    expect((await renderMetrics([REQUESTS], [])).trim()).toBe('');
  });

  it('show histograms as they were counted', async () => {
    const counters = new Counters();
    const histogram = counters.histogram(TIMES.name, 'range="A-D"');
    for (const ms of [0.05, 0.1, 3, 3, 700, 60_000]) histogram.observe(ms);
    const text = await renderMetrics([TIMES], Object.entries(counters.counts()));
    expect(lintMetrics(text)).toEqual([]);
    expect(text).toContain('request_duration_seconds_bucket{range="A-D",le="0.0001"} 2\n');
    expect(text).toContain('request_duration_seconds_bucket{range="A-D",le="0.005"} 4\n');
    expect(text).toContain('request_duration_seconds_bucket{range="A-D",le="10"} 5\n');
    expect(text).toContain('request_duration_seconds_bucket{range="A-D",le="+Inf"} 6\n');
    expect(text).toContain('request_duration_seconds_count{range="A-D"} 6\n');
  });

  it.each(['plain', 'a b', 'É', 'with "quotes"', 'back\\slash', 'two\nlines', '\\"', '},{', 'a="b"', ''])(
    'carry the label %j as it is',
    async (label) => {
      const escaped = label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
      const series = `requests_total{range="${escaped}",status="200"}`;
      const text = await render(REQUESTS, [series, 1]);
      expect(text).toContain(`\n${series} 1\n`);
      expect(lintMetrics(text)).toEqual([]);
    },
  );

  it('carry any label as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (label) => {
        const escaped = label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
        const series = `requests_total{range="${escaped}",status="200"}`;
        expect(await render(REQUESTS, [series, 1])).toContain(`\n${series} 1\n`);
      }),
    );
  });

  it.each(['unknown_total{range="A-D"}', 'unknown', '', '{}'])('refuse a series of no metric: %j', (series) => {
    expect(() => render(REQUESTS, [series, 1])).toThrow('belongs to no defined metric');
  });
});

/** A value for each metric a house defines, through what it counts with. */
async function textOf(definitions: readonly MetricDefinition[]): Promise<string> {
  const counters = new Counters();
  for (const { name, type } of definitions) {
    if (type === 'histogram') counters.histogram(name, 'range="A-D"').observe(3);
    else counters.add(`${name}{range="A-D"}`, 2);
  }
  return renderMetrics(definitions, Object.entries(counters.counts()));
}

describe.each([
  ['a router', ROUTER_METRICS],
  ['an instance', SHARD_METRICS],
  ['the processes of both', PROCESS_METRICS],
])('the metrics of %s', (_, definitions) => {
  it('keep to the conventions', async () => {
    expect(lintMetrics(await textOf(definitions))).toEqual([]);
  });

  it('begin with the name of the product (or as every process does), and have a help of a sentence', () => {
    for (const { name, help } of definitions) {
      expect(name).toMatch(/^(?:people_|process_(?:cpu_seconds_total|start_time_seconds)$)/);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('a lint that lets nothing pass', () => {
  const family = (name: string, type: string, ...samples: string[]): string =>
    [`# HELP ${name} Help.`, `# TYPE ${name} ${type}`, ...samples, ''].join('\n');
  const buckets = (...values: number[]): string[] =>
    ['0.1', '1', '+Inf'].map((le, i) => `t_seconds_bucket{le="${le}"} ${values[i]}`);
  const rest = ['t_seconds_sum 3', 't_seconds_count 3'];

  it.each<[what: string, text: string, complaint: RegExp]>([
    ['a counter without its end', family('a', 'counter', 'a 1'), /does not end in _total/],
    ['a gauge with it', family('a_total', 'gauge', 'a_total 1'), /ends in _total/],
    ['two helps', `# HELP a A.\n${family('a', 'gauge', 'a 1')}`, /two HELPs/],
    ['two types', `${family('a', 'gauge', 'a 1')}# TYPE a gauge\n`, /two TYPEs/],
    ['no help', '# TYPE a gauge\na 1\n', /no HELP/],
    ['a sample of another family', family('a', 'gauge', 'b 1'), /not below its own/],
    ['families mixed', `${family('a', 'gauge', 'a 1')}${family('b', 'gauge', 'b 1')}a{x="1"} 1\n`, /not below its own/],
    ['a series twice', family('a', 'gauge', 'a{x="1"} 1', 'a{x="1"} 2'), /comes twice/],
    ['a series twice, labels turned', family('a', 'gauge', 'a{x="1",y="2"} 1', 'a{y="2",x="1"} 2'), /comes twice/],
    ['different labels', family('a', 'gauge', 'a{x="1"} 1', 'a{y="1"} 2'), /different labels/],
    ['a bare quote', family('a', 'gauge', 'a{x="b"c"} 1'), /no labels/],
    ['a comma too many', family('a', 'gauge', 'a{x="1",} 1'), /no labels/],
    ['no number', family('a', 'gauge', 'a undefined'), /no sample/],
    ['a counter below nothing', family('a_total', 'counter', 'a_total -1'), /is -1/],
    ['milliseconds', family('a_ms', 'gauge', 'a_ms 1'), /base units/],
    ['no end of line', family('a', 'gauge', 'a 1').trimEnd(), /does not end/],
    ['buckets that fall', family('t_seconds', 'histogram', ...buckets(2, 1, 3), ...rest), /not cumulative/],
    ['no last bucket', family('t_seconds', 'histogram', ...buckets(1, 2, 3).slice(0, 2), ...rest), /no \+Inf/],
    ['a count of its own', family('t_seconds', 'histogram', ...buckets(1, 2, 4), ...rest), /not its count/],
    ['no sum', family('t_seconds', 'histogram', ...buckets(1, 2, 3), 't_seconds_count 3'), /no sum/],
    ['turned buckets', family('t_seconds', 'histogram', ...buckets(1, 2, 3).reverse(), ...rest), /out of order/],
  ])('complains of %s', (_, text, complaint) => {
    expect(lintMetrics(text).join('\n')).toMatch(complaint);
  });

  it('has nothing against a good one', () => {
    expect(lintMetrics(family('t_seconds', 'histogram', ...buckets(1, 2, 3), ...rest))).toEqual([]);
    expect(lintMetrics(family('a', 'gauge', 'a{x="\\"\\\\\\n"} -1.5e-7'))).toEqual([]);
  });
});
