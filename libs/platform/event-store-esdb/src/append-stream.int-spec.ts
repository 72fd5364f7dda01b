import { expect, it } from '@jest/globals';
import { type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import { newEvents } from '#testing';
import { EsdbEventStore } from './index.js';
import { type Script, scriptedServer, stored } from './scripted-server.fixture.js';

/** Long enough for a busy machine. */
const TIMEOUT_MS = 2_000;

/** A server whose answers to appends are the test's. */
const serverThat = async (append: NonNullable<Script['append']>) => {
  const server = await scriptedServer({ append });
  const store = EsdbEventStore.connect(server.url, { timeoutMs: TIMEOUT_MS });
  return {
    append: () => store.append('thing-1', -1, newEvents([{ type: 'Happened', data: {} }])),
    close: async () => {
      await store.close();
      server.close();
    },
  };
};

it('opens a new connection when the server has ended the stream of appends without a word', async () => {
  let connections = 0;
  const { append, close } = await serverThat((call) => {
    if (++connections === 1) call.end();
    else call.on('data', (request) => call.write(stored(request as BatchAppendReq)));
  });
  try {
    expect(await append()).toEqual({ outcome: 'unknown', reason: 'the server ended the stream' });
    expect(await append()).toMatchObject({ outcome: 'stored' });
  } finally {
    await close();
  }
});

it('takes no harm from answers that come late, twice, or to nobody', async () => {
  const late: (() => void)[] = [];
  let answered = 0;
  const { append, close } = await serverThat((call) => {
    call.on('data', (request) => {
      const answer = () => call.write(stored(request as BatchAppendReq));
      if (++answered === 2) late.push(answer);
      else [answer, answer].forEach((write) => write());
    });
  });
  try {
    expect(await append()).toMatchObject({ outcome: 'stored' });
    const [unanswered] = await Promise.all([append(), append()]);
    expect(unanswered).toEqual({ outcome: 'unknown', reason: `no answer within ${TIMEOUT_MS} ms` });
    late[0]?.();
    expect(await append()).toMatchObject({ outcome: 'stored' });
  } finally {
    await close();
  }
});
