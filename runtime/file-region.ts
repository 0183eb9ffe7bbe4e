// A stretch of a file as chunks, read when asked for: how bytes larger than memory pass from file to file.
// Invariant: an iteration gives exactly `bytes` bytes or throws. Cost: one chunk of memory, one open file.

import { open } from 'node:fs/promises';

/** Bytes read at once. */
export const REGION_CHUNK = 1024 * 1024;

/** The bytes of `path` from `start` on; can be iterated more than once. A chunk is valid until the next is asked for. */
export class FileRegion implements AsyncIterable<Buffer> {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;

  constructor(path: string, start: number, bytes: number) {
    this.path = path;
    this.start = start;
    this.bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    if (this.bytes === 0) return;
    const file = await open(this.path, 'r');
    try {
      const chunk = Buffer.allocUnsafeSlow(Math.min(REGION_CHUNK, this.bytes));
      for (let at = 0; at < this.bytes; ) {
        const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, this.bytes - at), this.start + at);
        if (bytesRead === 0) throw new Error(`${this.path} ends early`);
        at += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
}
