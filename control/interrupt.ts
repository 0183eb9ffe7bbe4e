// Ctrl-C for commands that work for a while and have something to say or to clean up: the first one (or SIGTERM) aborts
// the signal, a second one leaves now.

/** One Ctrl-C may come twice: from the terminal, and passed on by npm. */
const SAME_KEYPRESS_MS = 300;

/** Takes over the signals of this process until `release` is called. */
export function takeInterrupts(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const onSignal = (name: NodeJS.Signals): void => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_KEYPRESS_MS) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const release = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: controller.signal, release };
}
