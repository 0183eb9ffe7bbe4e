// What a bench has on this machine: a temporary folder and processes. Invariant: however the bench ends (done, failed,
// Ctrl-C), both are gone; that is why cleaning up is synchronous and hangs on this process' exit.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listen } from '../../runtime/listen.ts';
import { UserError } from '../../runtime/user-error.ts';
import { type Program, type ProgramSpec, startProgram } from './program.ts';

/** A process that serves. */
export interface Server {
  readonly program: Program;
  readonly url: string;
  /** Its ops port, if it is one of ours. */
  readonly opsUrl: string;
}

type Spec = Omit<ProgramSpec, 'folder'>;

const HOST = '127.0.0.1';
const ZPEOPLE = fileURLToPath(new URL('../main.js', import.meta.url));
const READY = /^ready (http:\/\/\S+)(?: ops (http:\/\/\S+))?$/m;
const READY_MS = 60_000;
const POLL_MS = 20;

export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'zpeople-bench-'));
  readonly #programs = new Set<Program>();

  constructor() {
    process.once('exit', () => this.clear());
    process.on('SIGINT', () => process.exit(130));
    process.on('SIGTERM', () => process.exit(143));
    process.on('SIGHUP', () => process.exit(129));
  }

  /** Runs a program to its end; resolves with its stdout. Throws UserError when it fails or takes longer than `ms`. */
  async run(spec: Spec, ms: number): Promise<string> {
    const program = this.#start(spec);
    try {
      return await inTime(program.finished, ms, `${spec.name} did not end`);
    } finally {
      this.stop(program);
    }
  }

  /** Runs a `zpeople` command to its end. */
  async zpeople(args: readonly string[], ms: number): Promise<string> {
    return this.run(
      { name: `zpeople ${args[0]}`, command: process.execPath, args: [ZPEOPLE, ...args], core: null },
      ms,
    );
  }

  /** Starts a Node program that says `ready URL` (and `ops URL`) when it serves. */
  async serveNode(name: string, args: readonly string[], core: number | null): Promise<Server> {
    const program = this.#start({ name, command: process.execPath, args, core });
    const [, url = '', opsUrl = ''] = await inTime(program.line(READY), READY_MS, `${name} was not ready`);
    return { program, url, opsUrl };
  }

  /** Starts `zpeople shard` or `zpeople router`, quiet, on free ports. */
  async serveZpeople(args: readonly string[], core: number | null): Promise<Server> {
    const common = ['--port', '0', '--ops-port', '0', '--log-level', 'error'];
    return this.serveNode(`zpeople ${args[0]}`, [ZPEOPLE, ...args, ...common], core);
  }

  /** Starts a program that will listen on a port, and waits until it does. */
  async serve(spec: Spec, port: number): Promise<Server> {
    const program = this.#start(spec);
    const ended = program.finished.then(() => {
      throw new UserError('failed', `${spec.name} ended before it was ready`);
    });
    const isReady = (async () => {
      while (!program.isOver() && !(await accepts(port))) await sleep(POLL_MS);
    })();
    await inTime(Promise.race([isReady, ended]), READY_MS, `${spec.name} was not ready`);
    return { program, url: `http://${HOST}:${port}`, opsUrl: '' };
  }

  /** Ends a program now. */
  stop(program: Program): void {
    program.kill();
    this.#programs.delete(program);
  }

  /** Ends everything and removes the folder. */
  clear(): void {
    for (const program of this.#programs) this.stop(program);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #start(spec: Spec): Program {
    const program = startProgram({ ...spec, folder: this.folder });
    this.#programs.add(program);
    return program;
  }
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, HOST, 0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

async function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UserError('failed', `${what} within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
