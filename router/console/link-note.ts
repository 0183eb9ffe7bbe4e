// Says calmly how the line to the router is: a word in the head of the page, and a sentence once what is shown is old.

import { byId, setAttribute, setText } from './dom.ts';
import { clock } from './format.ts';
import type { LinkState } from './link.ts';

const WORDS: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting',
};

/** Creates the function that shows a state of the line. */
export function createLinkNote(): (state: LinkState) => void {
  const [word, note] = [byId('link'), byId('link-note')];
  let lastHeard: string | null = null;
  let hasBeenLost = false;
  return (state) => {
    if (state === 'live') lastHeard = new Date().toISOString();
    if (document.body.dataset.link === state) return;
    document.body.dataset.link = state;
    setText(word, WORDS[state]);
    setText(note, noteOf(state, lastHeard, hasBeenLost));
    if (state === 'lost') hasBeenLost = true;
    setAttribute(note, 'data-empty', note.textContent === '');
  };
}

function noteOf(state: LinkState, lastHeard: string | null, hasBeenLost: boolean): string {
  if (state === 'lost') {
    return lastHeard === null
      ? 'The router does not answer yet. This page keeps trying.'
      : `The router does not answer. What you see is from ${clock(lastHeard)}; this page comes back by itself.`;
  }
  return state === 'live' && hasBeenLost ? 'The router answers again.' : '';
}
