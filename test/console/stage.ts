// What the checks of the console share: a system to look at, a browser to look with.

import type { Browser } from 'playwright-core';
import type { System } from './system.ts';

export interface Stage {
  readonly system: System;
  readonly browser: Browser;
}
