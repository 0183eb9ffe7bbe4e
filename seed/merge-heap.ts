// A binary heap of things that each show one key at a time: the top shows the least. Invariant: no parent's key is
// greater than its child's, once `topMoved` has been told of every change.

import { comparePeople, type SortKey } from '../people/person.ts';

/** What the heap orders by. */
export interface Keyed {
  readonly key: SortKey;
}

/** Gives again and again the item with the least key. Cost: log2(items) comparisons a move. */
export class MergeHeap<T extends Keyed> {
  readonly #items: T[];

  constructor(items: readonly T[]) {
    this.#items = [...items].sort((a, b) => comparePeople(a.key, b.key)); // a sorted array is a heap
  }

  /** The item with the least key; undefined when none is left. */
  get top(): T | undefined {
    return this.#items[0];
  }

  /** To be called after the top's key has grown. */
  topMoved(): void {
    const items = this.#items;
    const item = items[0];
    if (!item) return;
    let hole = 0;
    for (let child = 1; child < items.length; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < items.length && comparePeople(items[right]!.key, items[child]!.key) < 0) child = right;
      if (comparePeople(item.key, items[child]!.key) <= 0) break;
      items[hole] = items[child]!;
      hole = child;
    }
    items[hole] = item;
  }

  /** Takes the top away. */
  removeTop(): void {
    const last = this.#items.pop();
    if (last && this.#items.length > 0) {
      this.#items[0] = last;
      this.topMoved();
    }
  }
}
