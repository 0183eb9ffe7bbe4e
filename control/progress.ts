// How far seeding is, on stderr: a bar on a terminal, elsewhere a plain line per 10 %.

import type { WriteStream } from 'node:tty';

/** Shows progress until it is closed. */
export interface Progress {
  onProgress(done: number, total: number): void;
  close(): void;
}

/** Creates the progress that fits the stream. */
export async function createProgress(stream: Pick<WriteStream, 'write' | 'isTTY'>): Promise<Progress> {
  return stream.isTTY ? createBar(stream as WriteStream) : createLines((line) => stream.write(`${line}\n`));
}

/** Says each full 10 % once; of several reached at a time only the last. */
export function createLines(say: (line: string) => void): Progress {
  let said = 0;
  return {
    onProgress: (done, total) => {
      const tenths = total > 0 ? Math.floor((done / total) * 10) : 10;
      if (tenths <= said) return;
      said = tenths;
      say(`seeding: ${tenths * 10} % (${done} of ${total} people)`);
    },
    close: () => {},
  };
}

async function createBar(stream: WriteStream): Promise<Progress> {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream,
    format: '  seeding {bar} {percentage} %  {value} of {total} people',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    clearOnComplete: true,
    hideCursor: false, // an interrupt must not leave the terminal without its cursor …
    linewrap: true, // … or its line wrapping
  });
  let isStarted = false;
  return {
    onProgress: (done, total) => {
      if (!isStarted) bar.start(total, done);
      else bar.update(done);
      isStarted = true;
    },
    close: () => {
      if (isStarted) bar.stop();
    },
  };
}
