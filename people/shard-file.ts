// The file of one shard: a header line, then one person a line, valid JSON as a whole (DESIGN §4).
// In memory a letter is its bytes as they stand in the file plus one 4-byte offset a person: pages are slices of
// them. Invariant: what `read` returns matched the header's counts, sizes and SHA-256; anything else throws.
// Cost: one pass over the file, about its size in memory.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { writeDurably } from '../runtime/durable-file.ts';
import { messageOf, systemCode, UserError } from '../runtime/user-error.ts';
import { type Letter, letterOfName } from './letter.ts';
import type { SortKey } from './person.ts';
import { lettersOf, parseRange, type Range } from './range.ts';

/** What the header says of one letter; `bytes` and `sha256` are of its block: its lines joined by `,\n`. */
export interface LetterSummary {
  readonly count: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** The people of one letter, in order, as bytes. */
export interface LetterBlock extends LetterSummary {
  readonly letter: Letter;
  /** Person objects joined by `,\n`: a slice from a person's start to another's end is the inside of a JSON array. */
  readonly block: Buffer;
  /** Offset of each person in `block`, and one more: `block.length + 2`. */
  readonly starts: Uint32Array;
}

/** A whole shard. */
export interface Shard {
  readonly dataset: string;
  readonly range: Range;
  readonly count: number;
  readonly letters: ReadonlyMap<Letter, LetterBlock>;
}

/** Bytes between two persons of a block. */
export const SEPARATOR = Buffer.from(',\n');

const FOOTER = Buffer.from('\n]}\n');
const HEADER_LIMIT = 64 * 1024;
const READ_CHUNK = 16 * 1024 * 1024;
const BLOCK_LIMIT = 0xffff_ffff - SEPARATOR.length;

/** Reads and writes one shard file, for lowdb's `Low`. `read` gives null where there is no file. */
export class ShardFile implements Adapter<Shard | null> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async read(): Promise<Shard | null> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw new UserError('data', `shard file ${this.path} cannot be opened: ${messageOf(error)}`, { cause: error });
    }
    try {
      return await readShard(file);
    } catch (error) {
      throw new UserError(
        'data',
        `shard file ${this.path} is damaged (${messageOf(error)}); run "zpeople seed" again to rebuild it`,
        { cause: error },
      );
    } finally {
      await file.close();
    }
  }

  async write(shard: Shard | null): Promise<void> {
    if (!shard) return;
    await writeDurably(this.path, async (file) => {
      let separator = Buffer.from(headerLine(shard));
      for (const { block } of shard.letters.values()) {
        if (block.length === 0) continue;
        await writeAll(file, separator);
        await writeAll(file, block);
        separator = SEPARATOR;
      }
      if (separator !== SEPARATOR) await writeAll(file, separator.subarray(0, -1));
      await writeAll(file, FOOTER);
    });
  }
}

/** Where a dataset keeps the file of a range. */
export function shardFilePath(dataFolder: string, dataset: string, range: Range): string {
  return `${dataFolder}/${dataset}/${range}.json`;
}

/** Makes a letter's block of person objects already in order, each as the bytes of one JSON line. */
export function createLetterBlock(letter: Letter, lines: readonly string[]): LetterBlock {
  const block = Buffer.from(lines.join(',\n'));
  const starts = findStarts(block, lines.length);
  return { letter, block, starts, count: lines.length, bytes: block.length, sha256: sha256(block) };
}

/** The bytes of persons `from` (inclusive) to `to` (exclusive) of a letter: the inside of a JSON array. */
export function sliceOfPeople(people: LetterBlock, from: number, to: number): Buffer {
  if (from >= to) return people.block.subarray(0, 0);
  return people.block.subarray(people.starts[from], people.starts[to]! - SEPARATOR.length);
}

/** The sort key of the person at an index: one small JSON.parse. */
export function sortKeyAt(people: LetterBlock, index: number): SortKey {
  return JSON.parse(sliceOfPeople(people, index, index + 1).toString()) as SortKey;
}

/** The dataset id: hash of all people in order (by their letters' hashes), the same for every layout. */
export function datasetId(letters: Iterable<LetterSummary & { readonly letter: Letter }>): string {
  const hash = createHash('sha256');
  for (const { letter, count, sha256 } of letters) hash.update(`${letter} ${count} ${sha256}\n`);
  return hash.digest('hex').slice(0, 12);
}

function headerLine(shard: Shard): string {
  const letters = Object.fromEntries(
    [...shard.letters.values()].map(({ letter, count, bytes, sha256 }) => [letter, { count, bytes, sha256 }]),
  );
  const head = JSON.stringify({ dataset: shard.dataset, range: shard.range, count: shard.count, letters, people: [] });
  return `${head.slice(0, -2)}\n`;
}

async function readShard(file: FileHandle): Promise<Shard> {
  const head = Buffer.alloc(HEADER_LIMIT);
  const { bytesRead } = await file.read(head, 0, HEADER_LIMIT, 0);
  const lineEnd = head.subarray(0, bytesRead).indexOf(0x0a);
  if (lineEnd < 0) throw new Error('it has no header line');
  const header = parseHeader(head.toString('utf8', 0, lineEnd));

  const letters = new Map<Letter, LetterBlock>();
  let position = lineEnd + 1;
  for (const letter of lettersOf(header.range)) {
    const summary = header.letters[letter];
    if (!isSummary(summary)) throw new Error(`its header does not describe letter ${letter}`);
    if (summary.count > 0 && [...letters.values()].some(({ count }) => count > 0)) {
      await expectBytes(file, position, SEPARATOR, `before letter ${letter}`);
      position += SEPARATOR.length;
    }
    letters.set(letter, await readLetter(file, position, letter, summary));
    position += summary.bytes;
  }
  const total = [...letters.values()].reduce((sum, { count }) => sum + count, 0);
  if (total !== header.count) throw new Error(`its header counts ${header.count} people, its letters ${total}`);
  const footer = total > 0 ? FOOTER : FOOTER.subarray(1);
  await expectBytes(file, position, footer, 'at its end');
  const { size } = await file.stat();
  if (size !== position + footer.length) throw new Error('it goes on after its end');
  return { dataset: header.dataset, range: header.range, count: header.count, letters };
}

async function readLetter(
  file: FileHandle,
  position: number,
  letter: Letter,
  summary: LetterSummary,
): Promise<LetterBlock> {
  if (summary.bytes > BLOCK_LIMIT) throw new Error(`letter ${letter} is larger than 4 GiB`);
  const { size } = await file.stat();
  if (position + summary.bytes > size) throw new Error(`it ends inside letter ${letter}`);
  const block = Buffer.allocUnsafeSlow(summary.bytes);
  const hash = createHash('sha256');
  for (let at = 0; at < block.length; ) {
    const { bytesRead } = await file.read(block, at, Math.min(READ_CHUNK, block.length - at), position + at);
    if (bytesRead === 0) throw new Error(`it ends inside letter ${letter}`);
    hash.update(block.subarray(at, at + bytesRead));
    at += bytesRead;
  }
  if (hash.digest('hex') !== summary.sha256) throw new Error(`letter ${letter} does not match its SHA-256`);
  const starts = findStarts(block, summary.count);
  if (summary.count > 0 && letterOfName(keyAt(block, starts, 0).firstName) !== letter)
    throw new Error(`the people under ${letter} belong to another letter`);
  return { letter, block, starts, ...summary };
}

/** Offsets of the lines of a block. Throws when there are not `count` of them. */
function findStarts(block: Buffer, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let found = 0;
  for (let at = 0; at < block.length; ) {
    if (found < count) starts[found] = at;
    found++;
    const newline = block.indexOf(0x0a, at);
    at = newline < 0 ? block.length : newline + 1;
  }
  if (found !== count) throw new Error(`${found} people where ${count} were announced`);
  starts[count] = count > 0 ? block.length + SEPARATOR.length : 0;
  return starts;
}

function keyAt(block: Buffer, starts: Uint32Array, index: number): SortKey {
  return JSON.parse(block.toString('utf8', starts[index], starts[index + 1]! - SEPARATOR.length)) as SortKey;
}

interface Header {
  readonly dataset: string;
  readonly range: Range;
  readonly count: number;
  readonly letters: Readonly<Record<string, unknown>>;
}

function parseHeader(line: string): Header {
  let value: unknown;
  try {
    value = JSON.parse(`${line}]}`);
  } catch {
    throw new Error('its header is not JSON');
  }
  const { dataset, range, count, letters } = value as Record<string, unknown>;
  if (typeof dataset !== 'string' || typeof range !== 'string' || !isCount(count))
    throw new Error('its header lacks dataset, range or count');
  if (typeof letters !== 'object' || letters === null) throw new Error('its header lacks the letters');
  return { dataset, range: parseRange(range), count, letters: letters as Record<string, unknown> };
}

function isSummary(value: unknown): value is LetterSummary {
  if (typeof value !== 'object' || value === null) return false;
  const { count, bytes, sha256 } = value as Record<string, unknown>;
  return isCount(count) && isCount(bytes) && typeof sha256 === 'string' && count > 0 === bytes > 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

async function expectBytes(file: FileHandle, position: number, expected: Buffer, where: string): Promise<void> {
  const actual = Buffer.alloc(expected.length);
  const { bytesRead } = await file.read(actual, 0, expected.length, position);
  if (bytesRead < expected.length || !actual.equals(expected)) throw new Error(`unexpected bytes ${where}`);
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(READ_CHUNK, bytes.length - at));
    at += bytesWritten;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
