// The console: one line to the router, one story of what it tells, and the parts of the page that show it. Messages are
// shown once a frame, so a hidden tab costs nothing.

import { Chart } from './chart.ts';
import { byId } from './dom.ts';
import { createEventList } from './event-list.ts';
import { createFigures } from './figures.ts';
import { latency, rate } from './format.ts';
import { createLetters } from './letters.ts';
import { follow } from './link.ts';
import { createLinkNote } from './link-note.ts';
import { createOrders } from './orders.ts';
import { createPalette } from './palette.ts';
import { createPools } from './pools.ts';
import { readSettings } from './settings.ts';
import { continueStory, EMPTY_STORY } from './story.ts';
import { createTokenKeeper, hasToken } from './token.ts';
import type { LiveMessage } from './wire.ts';

const settings = await readSettings();
const tokens = createTokenKeeper(byId('token'));
const hueOf = createPalette();
const charts = [
  new Chart({
    section: byId('rps-chart'),
    title: 'Requests per second by range',
    read: ({ rps }) => rps,
    format: (value) => rate(value ?? 0),
    shape: 'linear',
    hueOf,
  }),
  new Chart({
    section: byId('p99-chart'),
    title: '99th percentile of latency by range',
    read: ({ p99Ms }) => p99Ms,
    format: latency,
    shape: 'log',
    hueOf,
  }),
];
const views = [
  createFigures(),
  createLetters(hueOf),
  createPools(hueOf, { isDemo: settings.isDemo, give: createOrders(tokens) }),
  createEventList(hueOf),
  ...charts.map((chart) => chart.update.bind(chart)),
];
byId('tour').hidden = !settings.isDemo;

let story = EMPTY_STORY;
let isDue = false;
function show(): void {
  isDue = false;
  for (const view of views) view(story);
}

if (settings.needsToken && !hasToken()) await tokens.ask('This port needs the token it was started with.');
await follow({
  tokens,
  onState: createLinkNote(),
  onEvent: ({ name, data }) => {
    story = continueStory(story, { name, data: JSON.parse(data) } as LiveMessage, new Date().toISOString());
    if (!isDue) requestAnimationFrame(show);
    isDue = true;
  },
});
