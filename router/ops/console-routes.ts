// The live console on the router's ops port: a page and what it loads, all from here. Its files hold nothing secret and
// are open even where the port has a token: the page asks for it and shows it with each request.
// Invariant: the policy allows nothing inline and nothing from elsewhere (charts set styles from script, which it may).

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import express, { type Express, type Response } from 'express';
import helmet from 'helmet';

/** What the page must know before it connects. */
export interface ConsoleSettings {
  readonly needsToken: boolean;
  readonly isDemo: boolean;
}

const FOLDER = fileURLToPath(new URL('../console', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const CHARTS = {
  'uplot.js': resolve('uplot/dist/uPlot.iife.min.js'),
  'uplot.css': resolve('uplot/dist/uPlot.min.css'),
};

const SECURITY_HEADERS = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
  },
  // Over plain HTTP browsers ignore these, and complain about two of them in the page's log.
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});

/** Files are asked for again at each visit (304 mostly): a new version is seen at once. */
const FRESH = { cacheControl: false, headers: { 'Cache-Control': 'no-cache' } };

/** Whether a path is one of the console's own files. */
export function isConsoleFile(path: string): boolean {
  return path === '/' || path.startsWith('/console/');
}

/** Adds `GET /` and `/console/…`. */
export function addConsoleRoutes(app: Express, settings: ConsoleSettings): void {
  app.get(['/', '/console/{*file}'], SECURITY_HEADERS);
  app.get('/', (_req, res) => res.sendFile('page.html', { root: FOLDER, ...FRESH }));
  app.get('/console/settings.json', (_req, res) => {
    res.set('Cache-Control', 'no-store').json(settings);
  });
  for (const [name, path] of Object.entries(CHARTS)) {
    app.get(`/console/${name}`, (_req, res) => res.sendFile(path, FRESH));
  }
  const setHeaders = (res: Response): void => void res.set(FRESH.headers);
  app.use('/console', express.static(FOLDER, { index: false, redirect: false, cacheControl: false, setHeaders }));
}
