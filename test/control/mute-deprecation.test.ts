import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { muteDeprecation } from '../../control/mute-deprecation.ts';

describe('a muted deprecation', () => {
  const emit = vi.fn();
  const original = process.emitWarning;
  beforeEach(() => {
    process.emitWarning = emit;
    muteDeprecation('DEP0060');
  });
  afterEach(() => {
    process.emitWarning = original;
    emit.mockReset();
  });

  it('is not shown', () => {
    process.emitWarning('util._extend is deprecated', 'DeprecationWarning', 'DEP0060');
    expect(emit).not.toHaveBeenCalled();
  });

  it('leaves every other warning as it was', () => {
    process.emitWarning('something else', 'DeprecationWarning', 'DEP0001');
    process.emitWarning('no code at all');
    expect(emit.mock.calls).toEqual([['something else', 'DeprecationWarning', 'DEP0001'], ['no code at all']]);
  });
});
