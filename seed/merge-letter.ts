// One letter out of all runs: its segments, each in order, become one block in order (k-way merge by a heap).
// Memory: a chunk per run, whatever the size of the letter. Cost: about 2 µs a person.

import type { LetterSummary } from '../people/shard-header.ts';
import { BlockWriter } from './block-writer.ts';
import { MergeHeap } from './merge-heap.ts';
import type { Segment } from './run.ts';
import { SegmentReader } from './segment-reader.ts';

const REPORT_PEOPLE = 1000;

/** Merges segments into a block at `path`; `onPeople` is called about every thousand people with their number. */
export async function mergeLetter(
  segments: readonly Segment[],
  path: string,
  onPeople: (count: number) => void,
): Promise<LetterSummary> {
  const writer = await BlockWriter.open(path);
  const readers: SegmentReader[] = [];
  try {
    for (const segment of segments) {
      if (segment.count === 0) continue;
      const reader = await SegmentReader.open(segment);
      readers.push(reader);
      await reader.nextFromFile();
    }
    await merge(new MergeHeap(readers), writer, onPeople);
    return await writer.finish();
  } finally {
    await Promise.all([writer, ...readers].map((file) => file.close()));
  }
}

async function merge(heap: MergeHeap<SegmentReader>, writer: BlockWriter, onPeople: (count: number) => void) {
  let unreported = 0;
  for (let reader = heap.top; reader; reader = heap.top) {
    if (writer.add(reader.line)) await writer.flush();
    if (reader.next() || (await reader.nextFromFile())) heap.topMoved();
    else heap.removeTop();
    if (++unreported === REPORT_PEOPLE) {
      onPeople(unreported);
      unreported = 0;
    }
  }
  onPeople(unreported);
}
