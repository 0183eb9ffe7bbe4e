// One flag of the command line, as a value: its name, kind, default and help. Commands share flags by naming them,
// and `start` hands them on to its children as explicit arguments.

import { Option } from 'commander';
import type { Kind } from './flag-kinds.ts';

/** A flag with a value, or (`kind` null) a switch. */
export interface Flag<T> {
  /** As typed, without dashes: `log-level`. */
  readonly name: string;
  readonly kind: Kind<NonNullable<T>> | null;
  /** What holds when nobody says otherwise; undefined: somebody must. */
  readonly initial: T | undefined;
  readonly help: string;
  /** Whether help keeps quiet about it: one process gives it to another. */
  readonly isHidden?: true;
  /** Whether its value must not stand in arguments, which everybody on the machine can read. */
  readonly isSecret?: true;
}

type Value = string | number | object;

/** What a command takes: a flag for each of its options. */
export type FlagSet = Readonly<Record<string, Flag<unknown>>>;

/** The values of a set of flags. */
export type FlagValues<S extends FlagSet> = { readonly [K in keyof S]: S[K] extends Flag<infer T> ? T : never };

/** A flag with a default. */
export function flag<T extends Value>(name: string, kind: Kind<T>, initial: T, help: string): Flag<T> {
  return { name, kind, initial, help };
}

/** A flag that may be left out: null then. */
export function optionalFlag<T extends Value>(name: string, kind: Kind<T>, help: string): Flag<T | null> {
  return { name, kind, initial: null, help };
}

/** A flag that must be given. */
export function requiredFlag<T extends Value>(name: string, kind: Kind<T>, help: string): Flag<T> {
  return { name, kind, initial: undefined, help };
}

/** A flag without a value: off unless it is there. */
export function switchFlag(name: string, help: string): Flag<boolean> {
  return { name, kind: null, initial: false, help };
}

/** The same flag with another default. */
export function withDefault<T>(base: Flag<T>, initial: T): Flag<T> {
  return { ...base, initial };
}

/** The same flag, for processes rather than people. */
export function hidden<T>(base: Flag<T>): Flag<T> {
  return { ...base, isHidden: true };
}

/** The same flag, handed on to children by environment instead of arguments. */
export function secret<T>(base: Flag<T>): Flag<T> {
  return { ...base, isSecret: true };
}

/** The environment variable that stands for a flag. */
export function variableOf({ name }: { readonly name: string }): string {
  return `ZPEOPLE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The flag as commander's option. */
export function toOption<T>({ name, kind, initial, help, isHidden }: Flag<T>): Option {
  const option = new Option(kind ? `--${name} <${kind.placeholder}>` : `--${name}`, help);
  if (kind) option.argParser(kind.parse);
  if (kind && initial !== null && initial !== undefined) option.default(initial, kind.format(initial));
  return option
    .env(variableOf({ name }))
    .makeOptionMandatory(initial === undefined)
    .hideHelp(isHidden === true);
}

/** The values that hold when nothing is said. */
export function defaultsOf<S extends FlagSet>(flags: S): FlagValues<S> {
  return Object.fromEntries(Object.entries(flags).map(([key, { initial }]) => [key, initial])) as FlagValues<S>;
}

/** The values of a set as arguments, so that a child needs no defaults and, but for secrets, no environment. */
export function toArguments<S extends FlagSet>(flags: S, values: FlagValues<S>): string[] {
  return Object.entries(flags).flatMap(([key, { name, kind, isSecret }]) => {
    const value: unknown = values[key];
    if (isSecret || value === null || value === undefined || value === false) return [];
    return kind ? [`--${name}`, kind.format(value)] : [`--${name}`];
  });
}

/** The secrets of a set as environment variables: what `toArguments` leaves out. */
export function toVariables<S extends FlagSet>(flags: S, values: FlagValues<S>): Record<string, string> {
  const secrets = Object.entries(flags).flatMap(([key, flag]): [string, string][] => {
    const value: unknown = values[key];
    return flag.isSecret && flag.kind && value != null ? [[variableOf(flag), flag.kind.format(value)]] : [];
  });
  return Object.fromEntries(secrets);
}
