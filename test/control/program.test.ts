import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../control/program.ts';
import { UserError } from '../../runtime/user-error.ts';

/** What a wrong command line is answered with: message and exit code. */
async function refusalOf(args: readonly string[]): Promise<{ message: string; exitCode: number }> {
  const error = await createProgram('1.2.3')
    .parseAsync(args, { from: 'user' })
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, not ${error}`);
  return { message: error.message, exitCode: error.exitCode };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a wrong command line is refused in one line that names flag, value and what is allowed', () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ['sttart', /^unknown command 'sttart' \(Did you mean start\?\); see "zpeople --help"$/],
    ['help sttart', /^unknown command 'sttart'; see "zpeople --help"$/],
    ['start --prot 80', /^unknown option '--prot' \(Did you mean --port\?\); see "zpeople start --help"$/],
    ['start --port', /--port <port>' argument missing/],
    ['start --port abc', /--port .* 'abc' .* whole number from 0 to 65535/],
    ['start --port 65536', /--port .* '65536' .* whole number from 0 to 65535/],
    ['start --port -1', /--port .* '-1' .* whole number from 0 to 65535/],
    ['start --host a/b', /--host .* 'a\/b' .* a host name or an IP address/],
    ['start --grace 10', /--grace .* '10' .* like 500ms, 10s or 2m/],
    ['start --deadline 0s', /--deadline .* '0s' .* at least 1ms/],
    ['start --log-level loud', /--log-level .* 'loud' .* one of trace, debug, info/],
    ['start --work-ms lots', /--work-ms .* 'lots' .* whole number/],
    ['start --workers 0', /--workers .* '0' .* whole number from 1 to 64/],
    ['start --workers A-D=x', /--workers .* 'A-D=x' .* whole number from 1 to 64/],
    ['start --ops-port x', /--ops-port .* 'x' .* whole number from 0 to 65535/],
    ['start now', /too many arguments for 'start'/],
    ['seed --people 0', /--people .* '0' .* whole number from 1 to/],
    ['seed --people 1e3', /--people .* '1e3' .* whole number/],
    ['seed --seed x', /--seed .* 'x' .* whole number/],
    ['seed --shards A-D,F-Z', /--shards .* 'A-D,F-Z' .* gap: no range holds E/],
    ['seed --shards A-M,M-Z', /--shards .* overlaps: M is in A-M and in M-Z/],
    ['seed --locale ,', /--locale .* ',' /],
    ['seed --data=', /--data .* must not be empty/],
    ['shard', /missing required argument 'range'/],
    ['shard AB', /'AB' .* write it like A-D/],
    ['shard A-D --advertise ftp://x', /--advertise .* 'ftp:\/\/x' .* a URL like http:/],
    ['shard A-D --id a/b', /--id .* 'a\/b' .* letters, digits/],
    ['router --registry zookeeper://h', /--registry .* 'zookeeper:\/\/h' .* embedded, http:.* static:/],
  ];
  it.each(rows)('zpeople %s', async (line, message) => {
    const refusal = await refusalOf(line.split(' '));
    expect(refusal.message).toMatch(message);
    expect(refusal.message).not.toContain('\n');
    expect(refusal.exitCode).toBe(2);
  });

  it('also where a value has several lines', async () => {
    expect((await refusalOf(['start', '--port', 'a\nb'])).message).not.toContain('\n');
  });
});

describe('the environment', () => {
  it('stands in for a flag, and is named when it is wrong', async () => {
    vi.stubEnv('ZPEOPLE_PORT', 'abc');
    expect((await refusalOf(['start'])).message).toMatch(/'abc' from env 'ZPEOPLE_PORT' .* from 0 to 65535/);
  });

  it('is not asked where the flag is given', async () => {
    vi.stubEnv('ZPEOPLE_PORT', 'abc');
    expect((await refusalOf(['start', '--port', '1', '--grace', 'x'])).message).toMatch(/--grace/);
  });

  it('must say of a switch whether it is on', async () => {
    vi.stubEnv('ZPEOPLE_SKIP_INVALID', 'maybe');
    expect((await refusalOf(['seed'])).message).toBe(
      'ZPEOPLE_SKIP_INVALID is "maybe"; it must be 1 or true, 0 or false',
    );
  });
});

describe('help', () => {
  let shown = '';
  beforeEach(() => {
    shown = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      shown += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const commands = createProgram('1.2.3').commands.map((command) => command.name());
  const names = commands.filter((name) => name !== 'help');

  it.each(names)('of %s teaches by example and names the variables', async (command) => {
    await expect(createProgram('1.2.3').parseAsync([command, '--help'], { from: 'user' })).rejects.toThrow();
    expect(shown).toMatch(new RegExp(`^Usage: zpeople ${command} `));
    expect(shown).toContain(`$ zpeople ${command}`);
    expect(shown).toContain('ZPEOPLE_');
    expect(shown).not.toContain('--supervised');
    if (shown.includes('--ops-url <')) expect(shown).toContain('--ops-url http://10.0.0.5:8081 --ops-token');
  });
});
