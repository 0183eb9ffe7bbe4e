// What a router and its parent tell each other in a demo (`zpeople start --demo`): the router takes the visitor's wishes
// on its ops port, the parent, whose processes they are about, grants them.

/** What a visitor may do to a pool. */
export const DEMO_ACTS = ['kill', 'hang', 'load'] as const;

export type DemoAct = (typeof DEMO_ACTS)[number];

/** The router to its parent. */
export interface DemoWish {
  readonly demo: DemoAct;
  readonly range: string;
}

/** The parent to the router: something for the events. */
export interface DemoReport {
  readonly kind: 'demo' | 'demo-failed';
  readonly detail: string;
  readonly range: string;
}

/** Whether an IPC message is a wish. */
export function isDemoWish(message: unknown): message is DemoWish {
  return typeof message === 'object' && message !== null && 'demo' in message && 'range' in message;
}

/** Whether an IPC message is a report. */
export function isDemoReport(message: unknown): message is DemoReport {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    (message.kind === 'demo' || message.kind === 'demo-failed')
  );
}
