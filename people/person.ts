// A person, and the one order people stand in. Invariant: the order is total inside a dataset (ids are unique)
// and equals the order of the UTF-8 bytes of first name, last name, id, on every machine (no locale is asked).

/** A person as stored and served; imported people may have further columns. */
export interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly jobTitle: string;
  readonly city: string;
}

/** What people are ordered by inside a letter. */
export interface SortKey {
  readonly firstName: string;
  readonly lastName: string;
  readonly id: string;
}

/** Compares by first name, last name, id: negative, zero or positive (for sort). */
export function comparePeople(a: SortKey, b: SortKey): number {
  return compareUtf8(a.firstName, b.firstName) || compareUtf8(a.lastName, b.lastName) || compareUtf8(a.id, b.id);
}

/**
 * Compares two strings as their UTF-8 bytes would, without encoding them. UTF-16 order differs from it only where
 * a surrogate meets a unit above the surrogates (U+E000–U+FFFF), so only that case is corrected.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates (which stand for U+10000 and above) behind all other units. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
