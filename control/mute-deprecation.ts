// Silences one deprecation warning of a library whose version is pinned; every other warning still shows. In the
// process itself rather than as a Node flag, so that it holds however the bin is started.

type EmitWarning = (warning: string | Error, ...rest: unknown[]) => void;

/** Has warnings with this code (`DEP0060`) not shown by this process. */
export function muteDeprecation(code: string): void {
  const emitWarning = process.emitWarning as EmitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!rest.includes(code)) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
}
