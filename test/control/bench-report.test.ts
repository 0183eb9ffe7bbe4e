import { describe, expect, it } from 'vitest';
import { cpuChart } from '../../control/bench/cpu-chart.ts';
import { renderProxies } from '../../control/bench/proxies-report.ts';
import { figuresOf, type ProxiesResult, type Round, targetsOf } from '../../control/bench/proxies-result.ts';
import { figure, textTable } from '../../control/bench/text-table.ts';

function round(cpuUs: number, errors = 0): Round {
  return { requestsPerS: 1e6 / cpuUs, p50Ms: 1.5, p99Ms: 4.25, cpuUs, busy: 0.987, rssMb: 91.6, errors };
}

const OURS = { isOurs: true, isSamePage: true, connections: 64 } as const;
const PEER = { ...OURS, isOurs: false } as const;
const FIGURES = [
  figuresOf({ ...OURS, name: 'hot', title: 'this router, hot page' }, [round(12), round(12.5), round(13)]),
  figuresOf({ ...OURS, name: '304', title: 'this router, 304', isSamePage: false }, [round(8), round(8), round(8)]),
  figuresOf({ ...PEER, name: 'raw', title: 'raw node:http' }, [round(14), round(14), round(14)]),
  figuresOf({ ...PEER, name: 'nginx-cache', title: 'nginx <proxy_cache>' }, [round(10), round(10, 7), round(10)]),
  figuresOf({ ...PEER, name: 'book', title: 'the way of the book' }, [round(400), round(400), round(1_000)]),
];
const RESULT: ProxiesResult = {
  kind: 'proxies',
  machine: {
    ...{ at: '2026-11-20T12:00:00.000Z', node: 'v20.20.2', cpu: 'A CPU', cores: 2, memoryGb: 8 },
    ...{ kernel: '6.1.0', loadBefore: 0.1 },
  },
  cores: 'contender on core 0',
  load: 'wrk 4.1.0',
  rounds: 3,
  secondsPerRound: 2,
  page: { letter: 'J', bytes: 12_549, people: 78 },
  versions: ['nginx 1.22.1'],
  missing: [{ title: 'HAProxy pass-through', why: 'haproxy is not installed' }],
  figures: FIGURES,
  targets: targetsOf(FIGURES),
};

describe('figures', () => {
  it('are medians of rounds, errors their sum', () => {
    expect(FIGURES[4]).toMatchObject({ name: 'book', cpuUs: 400, cpuSpread: 0.75, errors: 0 });
    expect(FIGURES[3]).toMatchObject({ errors: 7 });
  });

  it('are judged by what is asked, as far as they are there', () => {
    expect(targetsOf(FIGURES).map(({ text, value, isMet }) => [text, value, isMet])).toEqual([
      ['hot page by nginx proxy_cache', 1.25, false],
      ['the way of the book by hot page', 32, true],
    ]);
  });
});

describe('the table', () => {
  it('puts words to the left and figures to the right', () => {
    const rows = [
      ['a', '10'],
      ['bcd', '5'],
    ];
    expect(textTable(['', 'n'], rows, 1)).toEqual(['      n', 'a    10', 'bcd   5']);
  });

  it.each([
    [12_345.6, '12,346'],
    [118.04, '118'],
    [12.64, '12.6'],
    [0.9731, '0.973'],
    [0, '0.00'],
    [Number.NaN, '-'],
  ])('writes %d as %s', (value, expected) => {
    expect(figure(value)).toBe(expected);
  });

  it('shows everybody, who is missing, who failed, and what is asked', () => {
    expect(renderProxies(RESULT, { isColor: false })).toBe(`
  Node v20.20.2 · A CPU, 2 cores, 8 GB
  contender on core 0
  wrk 4.1.0 · 64 connections · nginx 1.22.1
  letter J: 78 people, 12.5 kB
  medians of 3 interleaved rounds of 2 s each; CPU and memory are the contender’s alone

                         requests/s  p50 ms  p99 ms  CPU µs     ±  × nginx cache  × raw node  core  MB
  this router, hot page      80,000    1.50    4.25    12.5   4 %           1.25        0.89  99 %  92
  this router, 304          125,000    1.50    4.25    8.00   0 %           0.80        0.57  99 %  92
  raw node:http              71,429    1.50    4.25    14.0   0 %           1.40        1.00  99 %  92
  nginx <proxy_cache>       100,000    1.50    4.25    10.0   0 %           1.00        0.71  99 %  92
  the way of the book         2,500    1.50    4.25     400  75 %          40.00       28.57  99 %  92

  MISSING  HAProxy pass-through: haproxy is not installed
  ERRORS   nginx <proxy_cache>: 7

  ✗ 1.25×  hot page by nginx proxy_cache (at most 1)
  ✓ 32.0×  the way of the book by hot page (at least 30)

`);
  });

  it('says when others were at work', () => {
    const busy = { ...RESULT, machine: { ...RESULT.machine, loadBefore: 3 } };
    expect(renderProxies(busy, { isColor: false })).toContain('NOTE: this machine was busy before the bench (load 3)');
  });
});

describe('the chart', () => {
  const svg = cpuChart(RESULT);
  const barsOf = (title: string): readonly number[] => {
    const line = svg.split('\n').find((candidate) => candidate.includes(`>${title}</text>`)) ?? '';
    return [...line.matchAll(/width="([\d.]+)"/g)].map(([, width]) => Number(width));
  };

  it('is one SVG without anything from elsewhere', () => {
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg.endsWith('</svg>\n')).toBe(true);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|@import|href|url\(/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('orders those with the same page by CPU time, and keeps other answers apart', () => {
    const titles = [...svg.matchAll(/class="label[^>]*>([^<]+)</g)].map(([, title]) => title);
    expect(titles).toEqual([
      'nginx &lt;proxy_cache&gt;',
      'this router, hot page',
      'raw node:http',
      'the way of the book',
      'this router, 304',
    ]);
  });

  it('draws lengths in proportion, and cuts those that would dwarf the others', () => {
    const [hot = 0] = barsOf('this router, hot page');
    const [raw = 0] = barsOf('raw node:http');
    expect(hot / raw).toBeCloseTo(12.5 / 14, 2);
    expect(barsOf('the way of the book')).toHaveLength(2);
  });
});
