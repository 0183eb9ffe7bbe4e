// Which program stands for which system.

import type { SystemName } from '../contender.ts';
import type { OpenSystem } from '../field.ts';
import { openBook } from './book.ts';
import { openHaproxy } from './haproxy.ts';
import { openNginx } from './nginx.ts';
import { openBareProxy, openRawNode, openRouter, openShard } from './node-systems.ts';

const SYSTEMS: Readonly<Record<SystemName, OpenSystem>> = {
  router: openRouter,
  shard: openShard,
  raw: openRawNode,
  proxy: openBareProxy,
  'proxy-agent': openBareProxy,
  nginx: openNginx,
  'nginx-cache': openNginx,
  haproxy: openHaproxy,
  book: openBook,
};

/** Starts a system, or says why it is missing. */
export const openSystem: OpenSystem = (field, name) => SYSTEMS[name](field, name);
