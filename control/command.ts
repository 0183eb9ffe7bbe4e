// A command as a declaration: what it is called, takes, shows as examples and does. From it come parsing, help, and
// usage errors of one line: which flag, which value, what is allowed.

import { Argument, Command, type CommanderError, Option } from 'commander';
import { UserError } from '../runtime/user-error.ts';
import { type FlagSet, type FlagValues, toOption, variableOf } from './flag.ts';
import type { Kind } from './flag-kinds.ts';
import { followParent, SUPERVISED } from './parent.ts';

/** A word that is no flag. */
export interface ArgumentSpec<T> {
  readonly name: string;
  readonly help: string;
  readonly kind: Kind<NonNullable<T>>;
  readonly isOptional?: boolean;
}

export interface CommandSpec<S extends FlagSet, A extends readonly unknown[]> {
  readonly name: string;
  readonly summary: string;
  /** A few sentences: what it does, what it leaves behind. */
  readonly description: string;
  readonly arguments: { readonly [K in keyof A]: ArgumentSpec<A[K]> };
  readonly flags: S;
  /** Command lines without `zpeople`, each with what it does. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** Whether it goes on after `run`, as a process that others may start and supervise. */
  readonly isServer: boolean;
  /** `isGiven` says whether the user chose a value, with a flag or its variable. */
  readonly run: (values: FlagValues<S>, given: A, isGiven: (key: keyof S) => boolean) => Promise<void>;
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

/** Makes the command-line command of a declaration. Parsing throws UserError (usage). */
export function toCommand<S extends FlagSet, A extends readonly unknown[]>(spec: CommandSpec<S, A>): Command {
  const words = spec.arguments.map(toArgument);
  const command = new Command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .usage([...words.map(termOf), '[flags]'].join(' '));
  for (const word of words) command.addArgument(word);

  const options = Object.entries(spec.flags).map(([key, flag]) => ({ key, flag, option: toOption(flag) }));
  for (const { flag, option } of options) {
    command.addOption(option);
    if (!flag.kind) readSwitchFromEnvironment(command, option, variableOf(flag));
  }
  if (spec.isServer) command.addOption(new Option(SUPERVISED).hideHelp());

  command.addHelpText('after', `\n${examplesText(spec.examples)}`);
  command.action(async (...given: unknown[]) => {
    if (spec.isServer) followParent();
    const values = options.map(({ key, option, flag }) => {
      const value = command.getOptionValue(option.attributeName());
      return [key, (option.negate ? !value : value) ?? flag.initial];
    });
    const isGiven = (key: keyof S): boolean => {
      const { option } = options.find((candidate) => candidate.key === key)!;
      return /^(?:cli|env)$/.test(command.getOptionValueSource(option.attributeName()) ?? '');
    };
    const heard = given.slice(0, words.length) as unknown as A;
    await spec.run(Object.fromEntries(values) as FlagValues<S>, heard, isGiven);
  });
  return withHouseRules(command, `zpeople ${spec.name}`);
}

/** Has a command throw its usage errors as UserError, on one line with a hint, and speak of flags in its help. */
export function withHouseRules(command: Command, path: string): Command {
  command.helpOption('-h, --help', 'show this help').configureOutput({ outputError: () => {} });
  command.configureHelp({
    styleTitle: (title) => (title === 'Options:' ? 'Flags:' : title),
    subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(termOf)].join(' '),
  });
  return command.exitOverride((error: CommanderError) => {
    if (error.exitCode === 0 || error.code === 'commander.help') throw error;
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replace(/\s*\n\s*/g, ' ');
    const hint = error.code === 'commander.invalidArgument' ? '' : `; see "${path} --help"`;
    throw UserError.usage(`${message}${hint}`);
  });
}

/** Commander takes a switch whose variable is there as on, whatever it says: `=0` and `=false` must mean off. */
function readSwitchFromEnvironment(command: Command, option: Option, variable: string): void {
  command.on(`optionEnv:${option.name()}`, () => {
    const value = process.env[variable] ?? '';
    const isOn = SWITCH_WORDS.get(value);
    if (isOn === undefined) throw UserError.usage(`${variable} is "${value}"; it must be 1 or true, 0 or false`);
    // Commander keeps `--no-cache` as a `cache` that is true until the switch is there.
    command.setOptionValueWithSource(option.attributeName(), option.negate ? !isOn : isOn, 'env');
  });
}

function examplesText(examples: CommandSpec<FlagSet, []>['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, effect]) => `  $ zpeople ${line.padEnd(width)}  # ${effect}`);
  return `Examples:\n${lines.join('\n')}`;
}

function toArgument({ name, help, kind, isOptional }: ArgumentSpec<unknown>): Argument {
  return new Argument(isOptional ? `[${name}]` : `<${name}>`, help).argParser(kind.parse);
}

function termOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}
