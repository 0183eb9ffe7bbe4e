// Ways to break a process of ours from inside, without a line for it in the product: whoever runs with these variables
// loads a few signal handlers before anything else, as an operator's own --import would.

/** What a process does at which signal. */
export const SABOTAGE = {
  'throws where nobody catches': 'SIGPWR',
  'rejects where nobody handles': 'SIGIO',
  'never returns to its event loop': 'SIGURG',
  'runs out of memory': 'SIGWINCH',
} as const satisfies Record<string, NodeJS.Signals>;

const HANDLERS = `
  process.on('SIGPWR', () => { throw new Error('sabotage'); });
  process.on('SIGIO', () => { Promise.reject(new Error('sabotage')); });
  process.on('SIGURG', () => { for (;;); });
  process.on('SIGWINCH', () => { for (const hoard = [];;) hoard.push(new Array(10_000).fill(hoard.length)); });
`;

/** Environment of processes that can be sabotaged. */
export const SABOTAGED = {
  NODE_OPTIONS: `--max-old-space-size=96 --import=data:text/javascript,${encodeURIComponent(HANDLERS)}`,
} as const;
