import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../control/failure.ts';
import { UserError } from '../../runtime/user-error.ts';

describe('what is thrown becomes one line and an exit code', () => {
  it('as it was written for people', () => {
    const error = new UserError('address', 'port 8080 is taken');
    expect(describeFailure(error, true)).toEqual({ line: 'port 8080 is taken', exitCode: 1 });
  });

  it('with 2 for wrong usage', () => {
    expect(describeFailure(UserError.usage('what?'), false)).toEqual({ line: 'what?', exitCode: 2 });
  });

  it.each([
    [new TypeError('x is not\n  a function'), 'unexpected error: x is not a function (its stack: --log-level debug)'],
    ['a string', 'unexpected error: a string (its stack: --log-level debug)'],
  ])('with how to see more, when it is our fault', (error, line) => {
    expect(describeFailure(error, false)).toEqual({ line, exitCode: 1 });
  });

  it('with its stack for who asks', () => {
    expect(describeFailure(new TypeError('boom'), true).line).toMatch(/TypeError: boom\n\s+at /);
  });
});
