// A run: a bounded number of people in one temporary file, grouped by letter, each letter in order, one JSON object
// a line. Runs are what a dataset of any size is sorted by (external merge sort: Knuth, TAOCP vol. 3, 5.4).
// Memory: the people of one run.

import { open } from 'node:fs/promises';
import { LETTERS, letterIndex, letterOfName } from '../people/letter.ts';
import { comparePeople, type Person } from '../people/person.ts';
import { UserError } from '../runtime/user-error.ts';

/** Where the people of one letter lie in a run's file. */
export interface Segment {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
  readonly count: number;
}

/** A run on disk: a segment for each of the 26 letters, in their order. */
export type Run = readonly Segment[];

export interface RunOptions {
  readonly path: string;
  /** The number of the first record, as people count (from 1). */
  readonly firstNumber: number;
  /** Leave a record without a letter out, instead of refusing all. */
  readonly skipInvalid: boolean;
  /** Called after about every thousand records with their number. */
  readonly onPeople: (count: number) => void;
}

const REPORT_PEOPLE = 1000;

/**
 * Writes people as a run; that their ids are unique is their source's business.
 * Throws UserError (data) that names the first record whose first name has no letter.
 */
export async function writeRun(people: Iterable<Person>, options: RunOptions): Promise<Run> {
  const segments: Segment[] = [];
  const file = await open(options.path, 'w');
  try {
    let start = 0;
    for (const group of groupByLetter(people, options)) {
      group.sort(comparePeople);
      const block = Buffer.from(group.map((person) => `${JSON.stringify(person)}\n`).join(''));
      await file.appendFile(block);
      segments.push({ path: options.path, start, bytes: block.length, count: group.length });
      start += block.length;
    }
  } finally {
    await file.close();
  }
  return segments;
}

function groupByLetter(people: Iterable<Person>, { firstNumber, skipInvalid, onPeople }: RunOptions): Person[][] {
  const groups = LETTERS.map((): Person[] => []);
  let number = firstNumber;
  for (const person of people) {
    const letter = letterOfName(person.firstName);
    if (letter) groups[letterIndex(letter)]!.push(person);
    else if (!skipInvalid) throw refusal(number, person.firstName);
    number++;
    if ((number - firstNumber) % REPORT_PEOPLE === 0) onPeople(REPORT_PEOPLE);
  }
  onPeople((number - firstNumber) % REPORT_PEOPLE);
  return groups;
}

function refusal(number: number, firstName: string): UserError {
  const shown = JSON.stringify(firstName.length > 64 ? `${firstName.slice(0, 64)}…` : firstName);
  return new UserError('data', `record ${number}: first name ${shown} has no letter; --skip-invalid leaves such out`);
}
