// The file of one shard: a header line, then one person a line, valid JSON as a whole (DESIGN §4).
// Invariant: what `read` and `inspect` give matched the header's counts, sizes and SHA-256; anything else throws.
// Cost: one pass over the file; `read` holds its bytes, `inspect` and `write` a chunk of them.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { writeDurably } from '../runtime/durable-file.ts';
import { FileRegion } from '../runtime/file-region.ts';
import { messageOf, systemCode, UserError } from '../runtime/user-error.ts';
import { type Letter, letterOfName } from './letter.ts';
import { BLOCK_LIMIT, findStarts, type LetterBlock, SEPARATOR, sortKeyAt } from './letter-block.ts';
import type { SortKey } from './person.ts';
import type { Range } from './range.ts';
import { headerLine, type LetterSummary, parseHeader, type ShardHeader } from './shard-header.ts';

export { createLetterBlock, type LetterBlock, SEPARATOR, sliceOfPeople, sortKeyAt } from './letter-block.ts';
export type { LetterSummary } from './shard-header.ts';

/** A whole shard in memory. */
export interface Shard extends ShardHeader {
  readonly letters: ReadonlyMap<Letter, LetterBlock>;
}

/** The people of one letter, in memory or still on disk. */
export interface LetterDraft extends LetterSummary {
  readonly letter: Letter;
  readonly block: Buffer | FileRegion;
}

/** A shard that may be larger than memory. */
export interface ShardDraft extends ShardHeader {
  readonly letters: ReadonlyMap<Letter, LetterDraft>;
}

const FOOTER = Buffer.from('\n]}\n');
const HEADER_LIMIT = 64 * 1024;
const IO_CHUNK = 16 * 1024 * 1024;

/** Reads and writes one shard file, for lowdb's `Low`. `read` gives null where there is no file. */
export class ShardFile implements Adapter<Shard> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The shard, in memory. Throws UserError (data) when the file is damaged. */
  read(): Promise<Shard | null> {
    return this.#open((file) => readShard(file, readLetter));
  }

  /** As `read`, with the same checks, but the letters' blocks stay in the file. */
  inspect(): Promise<ShardDraft | null> {
    return this.#open((file) => readShard(file, inspectLetter));
  }

  /** Replaces the file, durably. (Low's data may be null before a read; Low itself never writes that.) */
  async write(shard: ShardDraft | null): Promise<void> {
    if (!shard) return;
    await writeDurably(this.path, async (file) => {
      let separator = Buffer.from(headerLine(shard));
      for (const draft of shard.letters.values()) {
        if (draft.bytes === 0) continue;
        await writeAll(file, separator);
        await writeLetter(file, draft);
        separator = SEPARATOR;
      }
      if (separator !== SEPARATOR) await writeAll(file, separator.subarray(0, -1));
      await writeAll(file, FOOTER);
    });
  }

  async #open<T>(read: (file: OpenFile) => Promise<T>): Promise<T | null> {
    let handle: FileHandle;
    try {
      handle = await open(this.path, 'r');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw new UserError('data', `shard file ${this.path} cannot be opened: ${messageOf(error)}`, { cause: error });
    }
    try {
      const { size } = await handle.stat();
      return await read({ path: this.path, handle, size });
    } catch (error) {
      throw new UserError(
        'data',
        `shard file ${this.path} is damaged (${messageOf(error)}); run "zpeople seed" again to rebuild it`,
        { cause: error },
      );
    } finally {
      await handle.close();
    }
  }
}

/** Where a dataset keeps the file of a range. */
export function shardFilePath(dataFolder: string, dataset: string, range: Range): string {
  return `${dataFolder}/${dataset}/${range}.json`;
}

/** The dataset id: hash of all people in order (by their letters' hashes), the same for every layout. */
export function datasetId(letters: Iterable<LetterSummary & { readonly letter: Letter }>): string {
  const hash = createHash('sha256');
  for (const { letter, count, sha256 } of letters) hash.update(`${letter} ${count} ${sha256}\n`);
  return hash.digest('hex').slice(0, 12);
}

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}

/** Walks header, letters and footer; `take` reads and checks one letter's block. */
async function readShard<T>(
  file: OpenFile,
  take: (region: FileRegion, letter: Letter, summary: LetterSummary) => Promise<T>,
): Promise<ShardHeader & { readonly letters: ReadonlyMap<Letter, T & LetterSummary> }> {
  const head = await readAt(file.handle, 0, HEADER_LIMIT);
  const lineEnd = head.indexOf(0x0a);
  if (lineEnd < 0) throw new Error('it has no header line');
  const header = parseHeader(head.toString('utf8', 0, lineEnd + 1));

  const letters = new Map<Letter, T & LetterSummary>();
  let position = lineEnd + 1;
  let hasPeople = false;
  for (const [letter, summary] of header.letters) {
    if (summary.count > 0 && hasPeople) {
      await expectBytes(file.handle, position, SEPARATOR, `before letter ${letter}`);
      position += SEPARATOR.length;
    }
    hasPeople ||= summary.count > 0;
    if (position + summary.bytes > file.size) throw new Error(`it ends inside letter ${letter}`);
    const taken = await take(new FileRegion(file.path, position, summary.bytes), letter, summary);
    letters.set(letter, { ...summary, ...taken });
    position += summary.bytes;
  }
  const footer = hasPeople ? FOOTER : FOOTER.subarray(1);
  await expectBytes(file.handle, position, footer, 'at its end');
  if (file.size !== position + footer.length) throw new Error('it goes on after its end');
  return { ...header, letters };
}

async function readLetter(region: FileRegion, letter: Letter, { count, bytes, sha256 }: LetterSummary) {
  if (bytes > BLOCK_LIMIT) throw new Error(`letter ${letter} is larger than 4 GiB`);
  const block = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  const actual = await hashOf(region, (chunk) => {
    at += chunk.copy(block, at);
  });
  if (actual !== sha256) throw new Error(`letter ${letter} does not match its SHA-256`);
  const starts = findStarts(block, count);
  if (count > 0) expectLetter(letter, sortKeyAt({ block, starts }, 0).firstName);
  return { letter, block, starts };
}

/** The checks of readLetter, a chunk at a time; the block stays where it is. */
async function inspectLetter(region: FileRegion, letter: Letter, { count, sha256 }: LetterSummary) {
  let newlines = 0;
  let firstLine: string | undefined;
  const actual = await hashOf(region, (chunk) => {
    firstLine ??= firstLineOf(chunk);
    newlines += countNewlines(chunk);
  });
  if (actual !== sha256) throw new Error(`letter ${letter} does not match its SHA-256`);
  if (firstLine === undefined) return { letter, block: region };
  if (newlines + 1 !== count) throw new Error(`${newlines + 1} people where ${count} were announced`);
  expectLetter(letter, (JSON.parse(firstLine) as SortKey).firstName);
  return { letter, block: region };
}

async function hashOf(region: FileRegion, onChunk: (chunk: Buffer) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of region) {
    hash.update(chunk);
    onChunk(chunk);
  }
  return hash.digest('hex');
}

function expectLetter(letter: Letter, firstName: string): void {
  if (letterOfName(firstName) !== letter) throw new Error(`the people under ${letter} belong to another letter`);
}

function firstLineOf(chunk: Buffer): string {
  const end = chunk.indexOf(SEPARATOR);
  return chunk.toString('utf8', 0, end < 0 ? chunk.length : end);
}

function countNewlines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count++;
  return count;
}

async function expectBytes(file: FileHandle, position: number, expected: Buffer, where: string): Promise<void> {
  const actual = await readAt(file, position, expected.length);
  if (!actual.equals(expected)) throw new Error(`unexpected bytes ${where}`);
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

async function writeLetter(file: FileHandle, { letter, block, bytes }: LetterDraft): Promise<void> {
  if (bytes > BLOCK_LIMIT) throw new UserError('failed', `the people of letter ${letter} take more than 4 GiB`);
  let written = 0;
  for await (const chunk of Buffer.isBuffer(block) ? [block] : block) {
    await writeAll(file, chunk);
    written += chunk.length;
  }
  if (written !== bytes) throw new Error(`letter ${letter} has ${written} bytes where ${bytes} were announced`);
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(IO_CHUNK, bytes.length - at));
    at += bytesWritten;
  }
}
