// What the router tells on /events, as far as the console shows it. Types only: the browser shares no code with the
// server, and a test holds these to what the server sends.

export interface WorkerView {
  readonly pid: number;
  readonly state: 'starting' | 'ready' | 'draining' | 'gone';
  readonly ageS: number;
  readonly restarts: number;
  /** Null until it has reported once, like the following. */
  readonly requests: number | null;
  readonly inFlight: number | null;
  /** Event loop utilisation, 0 to 1. */
  readonly elu: number | null;
  readonly rssMb: number | null;
}

export interface OperationView {
  readonly kind: 'scale' | 'reload';
  readonly state: 'running' | 'done' | 'failed';
  readonly detail: string;
}

export interface AutoscaleView {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
}

export interface InstanceView {
  readonly id: string;
  readonly url: string;
  readonly pid: number | null;
  readonly state: 'starting' | 'available' | 'ejected' | 'down' | 'draining' | 'gone';
  /** Null while the instance does not say. */
  readonly workers: readonly WorkerView[] | null;
  readonly operation: OperationView | null;
  readonly autoscale: AutoscaleView | null;
}

export interface PoolView {
  readonly range: string;
  readonly letters: string;
  readonly people: number | null;
  readonly peopleByLetter: Readonly<Record<string, number>> | null;
  readonly instances: readonly InstanceView[];
}

export interface StatusView {
  readonly dataset: string | null;
  readonly epoch: number | null;
  readonly router: { readonly pid: number; readonly workers: readonly WorkerView[] };
  readonly pools: readonly PoolView[];
}

export interface RangeTraffic {
  readonly rps: number;
  readonly failedPs: number;
  readonly hitShare: number;
  /** Upper bound of the bucket that holds it; null without requests. */
  readonly p99Ms: number | null;
}

/** The traffic of about one second. */
export interface TrafficSample {
  readonly at: string;
  readonly ranges: Readonly<Record<string, RangeTraffic>>;
  readonly letters: Readonly<Record<string, number>>;
}

export interface OpsEvent {
  readonly number: number;
  readonly at: string;
  readonly kind: string;
  readonly detail: string;
  readonly range: string | null;
  readonly instance: string | null;
}

export type LiveMessage =
  | { readonly name: 'status'; readonly data: StatusView }
  | {
      readonly name: 'history';
      readonly data: { readonly events: readonly OpsEvent[]; readonly traffic: readonly TrafficSample[] };
    }
  | { readonly name: 'traffic'; readonly data: TrafficSample }
  | { readonly name: 'event'; readonly data: OpsEvent };
