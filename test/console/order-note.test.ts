import { describe, expect, it } from 'vitest';
import { noteAtAnswer, noteAtStatus, type Order, type OrderNote, textOf } from '../../router/console/order-note.ts';
import type { OperationView } from '../../router/console/wire.ts';

const ORDER: Order = { doing: 'Scaling …', done: 'Scaled.', operation: 'scale' };
const SENT: OrderNote = { kind: 'sent', order: ORDER };
const TAKEN: OrderNote = { kind: 'taken', order: ORDER };
const OK = { isTaken: true, reason: '' };

function operation(state: OperationView['state'], kind: OperationView['kind'] = 'scale'): OperationView {
  return { kind, state, detail: 'no memory' };
}

describe('the note of an order', () => {
  it('says what is done until every instance has done it, then that it is, for a while', () => {
    const taken = noteAtAnswer(SENT, ORDER, OK, 0);
    expect(textOf(taken)).toBe('Scaling …');
    const running = noteAtStatus(taken, [operation('running'), operation('done')], 0);
    expect(textOf(running)).toBe('Scaling …');
    const done = noteAtStatus(running, [operation('done'), operation('done')], 0);
    expect(textOf(done)).toBe('Scaled.');
    expect(textOf(noteAtStatus(done, [], 1_000))).toBe('Scaled.');
    expect(textOf(noteAtStatus(done, [], 60_000))).toBe('');
  });

  it.each<[string, OrderNote, string]>([
    ['the router refuses', noteAtAnswer(SENT, ORDER, { isTaken: false, reason: 'Not now.' }, 0), 'Not now.'],
    ['an instance fails', noteAtStatus(TAKEN, [operation('done'), operation('failed')], 0), 'It failed: no memory'],
  ])('says why when %s', (_, note, text) => {
    expect(note.kind).toBe('failed');
    expect(textOf(note)).toBe(text);
  });

  it('is not moved by a status before the answer, nor by an earlier order or its answer', () => {
    expect(noteAtStatus(SENT, [operation('done')], 0)).toBe(SENT);
    expect(noteAtStatus(TAKEN, [operation('failed', 'reload')], 0).kind).toBe('done');
    expect(noteAtAnswer(SENT, { ...ORDER }, OK, 0)).toBe(SENT);
  });
});
