// Reads a segment of a run person by person. Invariant: `line` and `key` are of one person, and `line` is valid until
// the next move. Memory: one chunk, or the longest line.

import { type FileHandle, open } from 'node:fs/promises';
import type { SortKey } from '../people/person.ts';
import type { Segment } from './run.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/** Stands on one person of a segment; a new one stands before the first. */
export class SegmentReader {
  line: Buffer = Buffer.alloc(0);
  key: SortKey = { firstName: '', lastName: '', id: '' };

  readonly #file: FileHandle;
  readonly #end: number;
  #position: number;
  #chunk = Buffer.alloc(0);
  #at = 0;

  static async open(segment: Segment): Promise<SegmentReader> {
    return new SegmentReader(await open(segment.path, 'r'), segment);
  }

  private constructor(file: FileHandle, { start, bytes }: Segment) {
    this.#file = file;
    this.#position = start;
    this.#end = start + bytes;
  }

  /** Moves to the next person among the bytes at hand; false when they hold no whole one. */
  next(): boolean {
    const lineEnd = this.#chunk.indexOf(NEWLINE, this.#at);
    if (lineEnd < 0) return false;
    this.line = this.#chunk.subarray(this.#at, lineEnd);
    this.key = JSON.parse(this.line.toString()) as SortKey;
    this.#at = lineEnd + 1;
    return true;
  }

  /** Moves to the next person, reading on as far as needed; false at the segment's end. */
  async nextFromFile(): Promise<boolean> {
    while (!this.next()) {
      const rest = this.#chunk.subarray(this.#at);
      const wanted = Math.min(CHUNK, this.#end - this.#position);
      if (wanted === 0) return false;
      const chunk = Buffer.allocUnsafeSlow(rest.length + wanted);
      rest.copy(chunk);
      const { bytesRead } = await this.#file.read(chunk, rest.length, wanted, this.#position);
      if (bytesRead === 0) throw new Error('a temporary file of the seeder ends early');
      this.#chunk = chunk.subarray(0, rest.length + bytesRead);
      this.#at = 0;
      this.#position += bytesRead;
    }
    return true;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
