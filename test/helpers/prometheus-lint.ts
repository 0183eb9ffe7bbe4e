// What is wrong with metrics as text, by Prometheus' format and naming conventions: what `promtool check metrics` and a
// scrape would complain about, and a little more.

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: Sample[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/;
const ODD_UNIT = /_(ms|milliseconds|minutes|hours|days|kb|mb|gb|kilobytes|megabytes|percent|celsius|weeks)(_|$)/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** All complaints about a text; none means that it is clean. */
export function lintMetrics(text: string): readonly string[] {
  const complaints: string[] = [];
  const families = readFamilies(text, (complaint) => complaints.push(complaint));
  for (const family of families) complaints.push(...lintName(family), ...lintSamples(family));
  return complaints;
}

function readFamilies(text: string, complain: (what: string) => void): readonly Family[] {
  const families = new Map<string, Family>();
  const helped = new Set<string>();
  let current: Family | undefined;
  if (!text.endsWith('\n')) complain('the last line does not end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (helped.has(name)) complain(`${name} has two HELPs`);
      if (rest.trim() === '') complain(`${name} has an empty HELP`);
      helped.add(name);
      current = undefined;
    } else if (keyword === 'TYPE') {
      if (families.has(name)) complain(`${name} has two TYPEs`);
      if (!helped.has(name)) complain(`${name} has no HELP before its TYPE`);
      if (!TYPES.includes(rest)) complain(`${name} is of no type: ${rest}`);
      current = { name, type: rest, samples: [] };
      families.set(name, current);
    } else {
      const sample = readSample(line, complain);
      if (!sample) continue;
      if (current && belongsTo(sample.name, current)) current.samples.push(sample);
      else complain(`${sample.name} is not below its own HELP and TYPE`);
    }
  }
  return [...families.values()];
}

function readSample(line: string, complain: (what: string) => void): Sample | null {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) {
    complain(`this is no sample: ${line}`);
    return null;
  }
  const labels = new Map<string, string>();
  let rest = labelText;
  while (rest !== '') {
    const [all, label, text] = LABEL.exec(rest) ?? [];
    if (all === undefined) {
      complain(`these are no labels: ${line}`);
      return null;
    }
    if (labels.has(label!)) complain(`label ${label} comes twice: ${line}`);
    if (label!.startsWith('__') || label !== label!.toLowerCase()) complain(`label ${label} is badly named: ${line}`);
    labels.set(label!, text!);
    rest = rest.slice(all.length);
  }
  return { name, labels, value: Number(value!.replace('Inf', 'Infinity')) };
}

function belongsTo(sample: string, { name, type }: Family): boolean {
  return (
    sample === name || (type === 'histogram' && ['_bucket', '_sum', '_count'].some((end) => sample === name + end))
  );
}

function* lintName({ name, type }: Family): Iterable<string> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) yield `${name} is not in snake case`;
  if (type === 'counter' && !name.endsWith('_total')) yield `${name} is a counter and does not end in _total`;
  if (type !== 'counter' && name.endsWith('_total')) yield `${name} ends in _total and is a ${type}`;
  if (/_(bucket|sum|count)$/.test(name)) yield `${name} ends as a part of a histogram does`;
  if (ODD_UNIT.test(name)) yield `${name} is not in base units`;
  if (/_(counter|gauge|histogram)(_|$)/.test(name)) yield `${name} has its type in its name`;
}

function* lintSamples({ name, type, samples }: Family): Iterable<string> {
  const seen = new Set<string>();
  const labelNames = new Set<string>();
  for (const sample of samples) {
    const key = `${sample.name} ${seriesOf(sample)}`;
    if (seen.has(key)) yield `${key} comes twice`;
    seen.add(key);
    labelNames.add([...sample.labels.keys()].filter((label) => label !== 'le').join());
    if (type !== 'gauge' && !(sample.value >= 0)) yield `${key} is ${sample.value}`;
    if (sample.labels.has('le') && !sample.name.endsWith('_bucket')) yield `${key} has an le and is no bucket`;
  }
  if (samples.length === 0) yield `${name} has no sample`;
  if (labelNames.size > 1) yield `${name} has samples of different labels`;
  if (type === 'histogram') yield* lintHistogram(name, samples);
}

function* lintHistogram(name: string, samples: readonly Sample[]): Iterable<string> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = seriesOf(sample, 'le');
    groups.set(group, [...(groups.get(group) ?? []), sample]);
  }
  for (const [group, own] of groups) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) =>
      Number((labels.get('le') ?? '').replace('Inf', 'Infinity') || Number.NaN),
    );
    const value = (end: string): number | undefined => own.find((sample) => sample.name === name + end)?.value;
    if (bounds.some((bound, i) => Number.isNaN(bound) || bound <= (bounds[i - 1] ?? Number.NEGATIVE_INFINITY))) {
      yield `${name} ${group} has buckets out of order`;
    }
    if (buckets.some((bucket, i) => bucket.value < (buckets[i - 1]?.value ?? 0))) {
      yield `${name} ${group} has buckets that are not cumulative`;
    }
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) yield `${name} ${group} has no +Inf bucket`;
    else if (buckets.at(-1)!.value !== value('_count'))
      yield `${name} ${group} has a +Inf bucket that is not its count`;
    if (value('_sum') === undefined) yield `${name} ${group} has no sum`;
  }
}

function seriesOf({ labels }: Sample, without = ''): string {
  const pairs = [...labels].filter(([label]) => label !== without).map(([label, value]) => `${label}="${value}"`);
  return `{${pairs.sort().join()}}`;
}
