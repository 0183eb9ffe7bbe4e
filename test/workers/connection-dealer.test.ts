import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectionDealer } from '../../runtime/workers/connection-dealer.ts';
import { WorkerHandle } from '../../runtime/workers/worker-handle.ts';
import { FakeWorker, RESTING } from '../helpers/fake-worker.ts';
import { waitFor } from '../helpers/wait-for.ts';

interface Member {
  readonly handle: WorkerHandle<unknown>;
  readonly worker: FakeWorker;
}

function createMember(id: number): Member {
  const worker = new FakeWorker(id, {});
  return { worker, handle: new WorkerHandle<unknown>(worker, null, 0, 0) };
}

/** A dealer on a port of its own, with these workers ready; more may become so. */
async function openDealer(ready: Member[]): Promise<{ dealer: ConnectionDealer; open: () => Promise<Socket> }> {
  const dealer = new ConnectionDealer(() => ready.map(({ handle }) => handle));
  const { hostname, port } = new URL(await dealer.listen('127.0.0.1', 0));
  onTestFinished(() => {
    dealer.close();
    for (const { worker } of ready) for (const socket of worker.sockets) socket?.destroy();
  });
  return {
    dealer,
    open: async () => {
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
  };
}

const dealt = (members: readonly Member[]): number[] => members.map(({ worker }) => worker.sockets.length);

describe('a connection', () => {
  it('goes to the worker that has the fewest', async () => {
    const members = [createMember(1), createMember(2), createMember(3)];
    const { open } = await openDealer(members);
    for (const [i, connections] of [5, 2, 4].entries()) {
      members[i]!.handle.beat = { counters: {}, gauges: {}, requests: 0, inFlight: 0, connections, vitals: RESTING };
    }
    for (let opened = 1; opened <= 7; opened++) {
      await open();
      await waitFor('it to be dealt', () => dealt(members).reduce((sum, count) => sum + count) === opened);
    }
    expect(dealt(members)).toEqual([1, 4, 2]); // 6 each
  });

  it('avoids a worker that does not take those it was sent, unless none does', async () => {
    const members = [createMember(1), createMember(2)];
    members[0]!.worker.waitingForMs = 100;
    const { open } = await openDealer(members);
    for (let i = 0; i < 3; i++) await open();
    await waitFor('them to be dealt', () => members[1]!.worker.sockets.length === 3);
    members[1]!.worker.waitingForMs = 5_000;
    await open();
    await waitFor('it to be dealt', () => members[0]!.worker.sockets.length === 1);
  });

  it('waits, unread, while no worker is ready', async () => {
    const members: Member[] = [];
    const { dealer, open } = await openDealer(members);
    const client = await open();
    client.write('hello');
    members.push(createMember(1));
    const socket = await waitFor('it to be dealt', () => {
      dealer.dealWaiting();
      return members[0]!.worker.sockets[0];
    });
    expect(members[0]!.worker.sent).toEqual([{ type: 'connection' }]);
    const [chunk] = await once(socket.resume(), 'data');
    expect(String(chunk)).toBe('hello');
  });

  it('that its worker never took is dealt to another one', async () => {
    const members = [createMember(1), createMember(2)];
    const [first, second] = members;
    members.pop();
    const { dealer, open } = await openDealer(members);
    await open();
    const socket = await waitFor('it to be dealt', () => first!.worker.sockets[0]);
    members.splice(0, 1, second!);
    dealer.deal([socket]);
    expect(second!.worker.sockets).toEqual([socket]);
  });

  it('that is closed already is dealt to nobody', async () => {
    const members = [createMember(1)];
    const { dealer, open } = await openDealer(members);
    await open();
    const socket = await waitFor('it to be dealt', () => members[0]!.worker.sockets[0]);
    socket.destroy();
    dealer.deal([socket]);
    expect(members[0]!.worker.sockets).toHaveLength(1);
  });

  it('that waits is closed when the dealer closes, and nobody else gets in', async () => {
    const { dealer, open } = await openDealer([]);
    const client = await open();
    const closed = once(client.on('error', () => {}).resume(), 'close');
    await waitFor('the connection to wait', () => {
      dealer.close();
      return client.closed || client.readableEnded;
    });
    await closed;
    await expect(open()).rejects.toThrow('ECONNREFUSED');
  });
});
