import { describe, expect, it } from 'vitest';
import { UserError } from '../../runtime/user-error.ts';
import { crewOf, type Hand } from '../../seed/crew.ts';
import type { MergeTask } from '../../seed/task.ts';
import { toError, toFailure } from '../../seed/thread-message.ts';

const task = (path: string): MergeTask => ({ kind: 'merge', segments: [], path });
const result = (path: string) => ({ count: 1, bytes: 1, sha256: path });

/** Hands whose tasks end when told to, by path. */
function createHands(count: number) {
  const begun: string[] = [];
  const endings = new Map<string, (error?: Error) => void>();
  const hand: Hand = {
    perform: ({ path }) =>
      new Promise((resolve, reject) => {
        begun.push(path);
        endings.set(path, (error) => (error ? reject(error) : resolve(result(path))));
      }),
    close: async () => {},
  };
  const end = async (path: string, error?: Error): Promise<void> => {
    endings.get(path)!(error);
    await new Promise(setImmediate);
  };
  return { begun, end, hands: Array.from({ length: count }, () => hand) };
}

describe('a crew', () => {
  it('begins tasks in order, each as a hand gets free, and gives results in that order', async () => {
    const { begun, end, hands } = createHands(2);
    const all = crewOf(hands).performAll(['a', 'b', 'c', 'd'].map(task), () => {});
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('c');
    await end('d');
    await end('a');
    expect(await all).toEqual(['a', 'b', 'c', 'd'].map(result));
  });

  it('after a failure begins nothing, waits for the rest and reports the earliest task that failed', async () => {
    const { begun, end, hands } = createHands(3);
    let isOver = false;
    const all = crewOf(hands).performAll(['a', 'b', 'c', 'd'].map(task), () => {});
    const outcome = all
      .catch((error: unknown) => error)
      .finally(() => {
        isOver = true;
      });
    await end('c', new Error('c failed'));
    await end('a');
    expect([begun, isOver]).toEqual([['a', 'b', 'c'], false]);
    await end('b', new Error('b failed'));
    expect(await outcome).toEqual(new Error('b failed'));
  });

  it('has nothing to do for no tasks', async () => {
    expect(await crewOf(createHands(2).hands).performAll([], () => {})).toEqual([]);
  });
});

describe('an error that comes from a thread', () => {
  const cross = (error: unknown): Error => toError(structuredClone(toFailure(error)));

  it('is still meant for people', () => {
    const error = cross(new UserError('data', 'record 7 is odd'));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'data', message: 'record 7 is odd', exitCode: 1 });
  });

  it('keeps its system code', () => {
    expect(cross(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toMatchObject({
      code: 'ENOSPC',
      message: 'no space',
    });
  });

  it('of any kind has a message', () => {
    expect(cross(new TypeError('oops'))).toEqual(new Error('oops'));
    expect(cross('thrown text')).toEqual(new Error('thrown text'));
  });
});
