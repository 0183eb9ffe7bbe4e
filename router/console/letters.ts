// A to Z as a strip: how high a letter stands is its people, how hot it glows is its requests; grouped by range.

import { byId, create, createList, setAttribute, setText, type View } from './dom.ts';
import { count, plural, rangeName, rate, shortCount } from './format.ts';
import type { HueOf } from './palette.ts';
import { recentOfLetter, recentOfRange } from './recent.ts';
import type { Story } from './story.ts';

interface LetterFacts {
  readonly letter: string;
  readonly people: number | null;
  readonly rps: number;
  /** Of the letter with most people, and of the one with most requests. */
  readonly mostPeople: number;
  readonly mostRps: number;
}

interface GroupFacts {
  readonly range: string;
  readonly hue: number;
  readonly people: number | null;
  readonly rps: number;
  readonly letters: readonly LetterFacts[];
}

/** Below this a letter is warm at most: one request is no heat. */
const HEAT_FROM_RPS = 10;

/** From here on a tile is bright in a dark theme: its letter must be dark. */
const HOT = 0.6;

/** Creates the function that shows a story's letters. */
export function createLetters(hueOf: HueOf): (story: Story) => void {
  const show = createList<GroupFacts>(byId('letters'), ({ range }) => range, createGroup);
  return ({ status, traffic }) => {
    if (!status) return;
    const cells = status.pools.map(({ range, letters, people, peopleByLetter }) => ({
      ...{ range, people, hue: hueOf(range), rps: recentOfRange(traffic, range).rps },
      letters: [...letters].map((letter) => ({
        letter,
        people: peopleByLetter ? (peopleByLetter[letter] ?? 0) : null,
        rps: recentOfLetter(traffic, letter),
      })),
    }));
    const all = cells.flatMap(({ letters }) => letters);
    const mostPeople = Math.max(1, ...all.map(({ people }) => people ?? 0));
    const mostRps = Math.max(HEAT_FROM_RPS, ...all.map(({ rps }) => rps));
    show(
      cells.map((group) => ({
        ...group,
        letters: group.letters.map((cell) => ({ ...cell, mostPeople, mostRps })),
      })),
    );
  };
}

function createGroup({ range, hue, letters }: GroupFacts): View<GroupFacts> {
  const facts = create('span', { class: 'group-facts' });
  const row = create('ol', { class: 'cells' });
  const element = create(
    'li',
    { class: 'group', 'data-hue': hue },
    create('h3', { class: 'group-name' }, create('span', { class: 'range' }, rangeName(range)), facts),
    row,
  );
  element.style.setProperty('--letters', String(letters.length));
  const show = createList<LetterFacts>(row, ({ letter }) => letter, createCell);
  return {
    element,
    update: (group) => {
      setText(facts, `${plural(group.people ?? 0, 'person').replace('persons', 'people')} · ${rate(group.rps)}/s`);
      show(group.letters);
    },
  };
}

function createCell({ letter }: LetterFacts): View<LetterFacts> {
  const people = create('span', { class: 'cell-people', 'aria-hidden': 'true' });
  const column = create('span', { class: 'column', 'aria-hidden': 'true' });
  const requests = create('span', { class: 'cell-rps', 'aria-hidden': 'true' });
  const spoken = create('span', { class: 'unseen' });
  const tile = create('span', { class: 'tile' }, letter);
  const element = create('li', { class: 'cell' }, people, column, tile, spoken, requests);
  return {
    element,
    update: (facts) => {
      setText(people, facts.people === null ? '' : shortCount(facts.people));
      setText(requests, facts.rps < 0.05 ? '' : facts.rps < 10 ? rate(facts.rps) : shortCount(Math.round(facts.rps)));
      setText(spoken, `: ${count(facts.people)} people, ${rate(facts.rps)} requests per second`);
      const height = (facts.people ?? 0) / facts.mostPeople;
      const heat = Math.sqrt(facts.rps / facts.mostRps);
      column.style.setProperty('--height', height.toFixed(3));
      tile.style.setProperty('--heat', heat.toFixed(2));
      setAttribute(tile, 'data-hot', heat > HOT);
    },
  };
}
