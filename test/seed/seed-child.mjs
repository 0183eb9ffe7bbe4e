// The compiled seeder in a process of its own: options as JSON in the first argument, on stdout as JSON the result, or
// the error and how many people were done by then.
// With `killAt` it ends itself by SIGKILL once that share of the work is reported: a kill at a known moment.

import { parseLayout } from '../../dist/people/range.js';
import { seedDataset } from '../../dist/seed/main.js';

const { killAt, layout, ...options } = JSON.parse(process.argv[2]);
let reached = 0;
const onProgress = (done, total) => {
  reached = done;
  if (killAt !== undefined && done >= killAt * total) process.kill(process.pid, 'SIGKILL');
};
try {
  const { dataset, people, isUnchanged } = await seedDataset(
    { ...options, layout: parseLayout(layout) },
    { onProgress },
  );
  console.log(JSON.stringify({ dataset, people, isUnchanged }));
} catch ({ name, code, message }) {
  console.log(JSON.stringify({ name, code, message, reached }));
}
