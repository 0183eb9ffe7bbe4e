// All labs. To add one, write its file and name it here.

import { cluster } from './cluster.ts';
import { crash } from './crash.ts';
import { discovery } from './discovery.ts';
import { hotShard } from './hot-shard.ts';
import { isolation } from './isolation.ts';
import type { Lab } from './lab.ts';
import { reload } from './reload.ts';

export const LABS: readonly Lab[] = [cluster, crash, reload, hotShard, isolation, discovery];
