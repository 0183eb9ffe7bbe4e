// Which letter a request asks for: most of them the hot ones, the rest the others, evenly within each group. Pure:
// chance comes in as a number, so that the same numbers make the same load.

import { LETTERS, type Letter } from '../../people/letter.ts';

/** The share of all requests that goes to the hot letters. */
export const HOT_SHARE = 0.8;

/** Turns a number from 0 up to (not including) 1 into a letter. */
export type LetterMix = (random: number) => Letter;

/** A mix of hot letters and others; no hot letters, or all of them: each letter alike. */
export function letterMix(hot: readonly Letter[], hotShare = HOT_SHARE): LetterMix {
  const others = LETTERS.filter((letter) => !hot.includes(letter));
  if (hot.length === 0 || others.length === 0) return (random) => at(LETTERS, random);
  return (random) =>
    random < hotShare ? at(hot, random / hotShare) : at(others, (random - hotShare) / (1 - hotShare));
}

/** The letter at a place in the list, from 0 (the first) up to 1; rounding must not lead past the last. */
function at(letters: readonly Letter[], place: number): Letter {
  return letters[Math.min(Math.floor(place * letters.length), letters.length - 1)]!;
}
