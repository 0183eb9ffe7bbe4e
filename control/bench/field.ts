// The field on which contenders meet: one dataset in a temporary folder, one upstream shard, one page. And what a system
// of contenders is.

import { parseRange, type Range } from '../../people/range.ts';
import type { SystemName } from './contender.ts';
import type { Cores } from './cores.ts';
import { serveShard } from './instances.ts';
import { findSamplePage, type SamplePage } from './sample-page.ts';
import type { Server, Workbench } from './workbench.ts';

export interface Field {
  readonly workbench: Workbench;
  readonly cores: Cores;
  readonly dataFolder: string;
  readonly range: Range;
  /** The shard that all proxies stand in front of. */
  readonly upstream: Server;
  readonly page: SamplePage;
}

/** A system at work, or why there is none. */
export type System =
  | { readonly kind: 'open'; readonly server: Server /** `nginx 1.22.1` */; readonly version: string | null }
  | { readonly kind: 'missing'; readonly why: string };

/** Starts a system. Throws UserError when it is installed but does not start. */
export type OpenSystem = (field: Field, name: SystemName) => Promise<System>;

const RANGE = parseRange('E-P');
const SEED_MS = 60_000;

/** Seeds, starts the upstream and finds the page. */
export async function openField(workbench: Workbench, cores: Cores): Promise<Field> {
  const dataFolder = `${workbench.folder}/data`;
  await workbench.zpeople(['seed', '--data', dataFolder], SEED_MS);
  const upstream = await serveShard(workbench, dataFolder, RANGE, cores.upstream);
  const page = await findSamplePage(upstream.url, RANGE);
  return { workbench, cores, dataFolder, range: RANGE, upstream, page };
}
