// What a bench is doing, on stderr: one line that changes on a terminal, elsewhere nothing but the kind of work, once.

import type { WriteStream } from 'node:tty';

export interface Say {
  readonly say: (text: string) => void;
  /** Clears the line. */
  readonly close: () => void;
}

const CLEAR = '\r\x1b[K';

export function createSay(stream: Pick<WriteStream, 'write' | 'isTTY'>): Say {
  let last = '';
  return {
    say: (text) => {
      if (stream.isTTY) {
        stream.write(`${CLEAR}${text}`);
        return;
      }
      const kind = text.split(':')[0]!;
      if (kind !== last) stream.write(`bench: ${kind}\n`);
      last = kind;
    },
    close: () => {
      if (stream.isTTY) stream.write(CLEAR);
    },
  };
}
