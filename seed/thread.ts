// The whole program of a seeding thread: takes a task, does it, answers.

import { parentPort } from 'node:worker_threads';
import { createTaskRunner, type Task } from './task.ts';
import { type FromThread, toFailure } from './thread-message.ts';

const port = parentPort!;
const tell = (message: FromThread): void => port.postMessage(message);
const perform = createTaskRunner();

port.on('message', (task: Task) => {
  perform(task, (count) => tell({ type: 'people', count })).then(
    (result) => tell({ type: 'done', result }),
    (error: unknown) => tell({ type: 'failed', failure: toFailure(error) }),
  );
});
