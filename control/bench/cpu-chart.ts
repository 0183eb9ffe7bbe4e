// The chart of the README: CPU time per request as bars, this product's in colour. Pure: result in, SVG out. It brings
// its own colours for light and dark, and uses the reader's fonts. A bar many times the shortest is cut, visibly, so that
// the others can be told apart.

import { CONNECTIONS } from './contender.ts';
import type { Figures, ProxiesResult } from './proxies-result.ts';
import { figure } from './text-table.ts';

const WIDTH = 760;
const LABELS = 232;
const VALUES = 72;
const BAR = 16;
const STEP = 26;
const TOP = 62;
const GROUP_GAP = 34;
/** A bar longer than so many of the shortest is cut; a gap near its end says so. */
const CUT = 10;
const CUT_AT = 0.9;
const CUT_GAP = 5;

const STYLE = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:15px}.quiet{fill:#59636e;font-size:12px}.value{font-variant-numeric:tabular-nums}
.ours{font-weight:600}.bar{fill:#afb8c1}.bar-ours{fill:#0969da}.axis{stroke:#d1d9e0}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.bar{fill:#59636e}.bar-ours{fill:#4493f8}
.axis{stroke:#3d444d}}`;

/** Draws the chart: who sends the page first, the cheapest on top, then what else this product sends. */
export function cpuChart({ figures, machine, page }: ProxiesResult): string {
  const samePage = figures.filter((one) => one.isSamePage).toSorted((a, b) => a.cpuUs - b.cpuUs);
  const others = figures.filter((one) => !one.isSamePage);
  const cheapest = Math.min(...(samePage.length > 0 ? samePage : others).map(({ cpuUs }) => cpuUs));
  const dearest = Math.max(...figures.map(({ cpuUs }) => cpuUs));
  const longest = Math.min(dearest, CUT * cheapest);
  const othersTop = TOP + samePage.length * STEP + GROUP_GAP;
  const height = others.length > 0 ? othersTop + others.length * STEP + 8 : othersTop - GROUP_GAP + 8;
  const kb = figure(page.bytes / 1_000);
  const title = 'CPU time per request, in microseconds';
  const where = `less is better · a page of ${kb} kB, one core each, ${CONNECTIONS} kept-alive connections · Node ${machine.node}${
    dearest > longest ? ' · a bar with a gap is cut' : ''
  }`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${title}</title>`,
    `<desc id="desc">${escaped(figures.map((one) => `${one.title}: ${figure(one.cpuUs)}`).join('; '))}</desc>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="0" y="18">${title}</text>`,
    `<text class="quiet" x="0" y="38">${escaped(where)}</text>`,
    ...samePage.map((one, i) => bar(one, TOP + i * STEP, longest)),
    ...(others.length > 0 ? [`<text class="quiet" x="0" y="${othersTop - 10}">other answers</text>`] : []),
    ...others.map((one, i) => bar(one, othersTop + i * STEP, longest)),
    `<path class="axis" d="M${LABELS} ${TOP - 6}V${height - 4}"/>`,
    '</svg>\n',
  ].join('\n');
}

function bar({ title, cpuUs, isOurs }: Figures, top: number, longest: number): string {
  const room = WIDTH - LABELS - VALUES;
  const length = Math.max(2, (Math.min(cpuUs, longest) / longest) * room);
  const pieces =
    cpuUs <= longest
      ? [[0, length]]
      : [
          [0, length * CUT_AT - CUT_GAP],
          [length * CUT_AT, length],
        ];
  const middle = top + BAR - 4;
  const kind = isOurs ? ' ours' : '';
  return [
    `<text class="label${kind}" x="${LABELS - 8}" y="${middle}" text-anchor="end">${escaped(title)}</text>`,
    ...pieces.map(([from = 0, to = 0]) => {
      const place = `x="${(LABELS + from).toFixed(1)}" y="${top}" width="${(to - from).toFixed(1)}" height="${BAR}"`;
      return `<rect class="bar${isOurs ? ' bar-ours' : ''}" ${place} rx="2"/>`;
    }),
    `<text class="value${kind}" x="${(LABELS + length + 6).toFixed(1)}" y="${middle}">${figure(cpuUs)}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
