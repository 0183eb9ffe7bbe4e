// Writes one letter's block (its lines joined by `,\n`) to a temporary file, and knows its count, bytes and hash.
// Memory: one chunk.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { SEPARATOR } from '../people/letter-block.ts';
import type { LetterSummary } from '../people/shard-header.ts';

const FLUSH_BYTES = 1024 * 1024;
const SPARE_BYTES = 64 * 1024;

/** Takes lines in their order. `add` never waits: call `flush` whenever it says so. */
export class BlockWriter {
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #chunk = Buffer.allocUnsafeSlow(FLUSH_BYTES + SPARE_BYTES);
  #used = 0;
  #bytes = 0;
  #count = 0;

  static async open(path: string): Promise<BlockWriter> {
    return new BlockWriter(await open(path, 'w'));
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Adds a line; the caller may reuse its bytes. True when it is time to flush. */
  add(line: Buffer): boolean {
    const needed = this.#used + SEPARATOR.length + line.length;
    if (needed > this.#chunk.length) this.#chunk = Buffer.concat([this.#chunk], needed + SPARE_BYTES);
    if (this.#count > 0) this.#used += SEPARATOR.copy(this.#chunk, this.#used);
    this.#used += line.copy(this.#chunk, this.#used);
    this.#count++;
    return this.#used >= FLUSH_BYTES;
  }

  /** Writes what was added so far. */
  async flush(): Promise<void> {
    const bytes = this.#chunk.subarray(0, this.#used);
    this.#hash.update(bytes);
    await this.#file.appendFile(bytes);
    this.#bytes += bytes.length;
    this.#used = 0;
  }

  /** Writes the rest and gives the block's summary. */
  async finish(): Promise<LetterSummary> {
    await this.flush();
    return { count: this.#count, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
