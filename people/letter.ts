// The shard key: which of A–Z a first name, or the letter in a URL, belongs to.
// Invariant: the answer depends on the text alone (Unicode tables and any-ascii are the same for every process),
// so that a seeder, a shard and a router never disagree.

import anyAscii from 'any-ascii';

/** One of the 26 shard keys, `A` to `Z`. */
export type Letter = string & { readonly __letter: unique symbol };

/** All letters in order. */
export const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] as readonly string[] as readonly Letter[];

const FIRST_LETTER = /\p{L}/u;
const ONE_LETTER = /^\p{L}\p{M}*$/u;
const ASCII_LETTER = /[A-Za-z]/;

/**
 * The letter of a first name: NFC, from its first `\p{L}` on, transliterated; its first A–Z letter (DESIGN §4).
 * `null` when the name has none (`42`, the empty name, `😀`).
 */
export function letterOfName(name: string): Letter | null {
  const composed = name.normalize('NFC');
  const start = composed.search(FIRST_LETTER);
  if (start < 0) return null;
  for (const character of composed.slice(start)) {
    const letter = asciiLetter(character);
    if (letter) return letter;
  }
  return null;
}

/**
 * The letter a client asked for: `text` must be exactly one `\p{L}` with its combining marks (already
 * percent-decoded). `null` for anything else, and for the rare letter that has no ASCII transliteration.
 */
export function letterOfRequest(text: string): Letter | null {
  const composed = text.normalize('NFC');
  return ONE_LETTER.test(composed) ? letterOfName(composed) : null;
}

/** Position of a letter in the alphabet, 0 to 25. */
export function letterIndex(letter: Letter): number {
  return letter.charCodeAt(0) - 65;
}

function asciiLetter(character: string): Letter | null {
  const found = ASCII_LETTER.exec(character < '\x80' ? character : anyAscii(character));
  return found ? (found[0].toUpperCase() as Letter) : null;
}
