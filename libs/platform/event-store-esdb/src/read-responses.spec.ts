import { Readable } from 'node:stream';
import { type ClientReadableStream } from '@grpc/grpc-js';
import { expect, it } from '@jest/globals';
import { type ReadResponse } from './read-response.js';
import { readResponses } from './read-responses.js';

/** A call that answers with these frames, and then with nothing. */
const callWith = (...frames: readonly object[]) => {
  const call = new Readable({ objectMode: true, read: () => undefined });
  for (const frame of frames) call.push(frame);
  return Object.assign(call, { cancel: () => undefined }) as unknown as ClientReadableStream<ReadResponse>;
};

it('a server that sends nothing more is an outage, which the code says', async () => {
  const read: unknown[] = [];
  const reading = async () => {
    for await (const frame of readResponses(callWith({ event: 1 }), 50)) read.push(frame);
  };
  await expect(reading()).rejects.toMatchObject({ code: 'ETIMEDOUT', message: 'nothing read within 50 ms' });
  expect(read).toEqual([{ event: 1 }]);
});
