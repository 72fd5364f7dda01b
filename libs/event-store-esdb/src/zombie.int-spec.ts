import { expect, it } from '@jest/globals';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams, { type BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type ServerDuplexStream, type sendUnaryData } from '@grpc/grpc-js';
import { newEvents } from '#testing';
import { EsdbEventStore } from './index.js';

const supported = () => {
  const batchAppend = new features.SupportedMethod();
  batchAppend.setServiceName('event_store.client.streams.Streams');
  batchAppend.setMethodName('BatchAppend');
  return new features.SupportedMethods().setMethodsList([batchAppend]);
};

const stored = (request: BatchAppendReq) => {
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision('0');
  return new streams.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setSuccess(success);
};

/** A server whose answers to appends are the test's. */
const serverThat = async (batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => void) => {
  const server = new Server();
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, supported()),
  });
  server.addService(streamsService.StreamsService, { batchAppend });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const store = EsdbEventStore.connect(`esdb://127.0.0.1:${port}?tls=false`, { appendTimeoutMs: 200 });
  return {
    append: () => store.append('thing-1', -1, newEvents([{ type: 'Happened', data: {} }])),
    close: async () => {
      await store.close();
      server.forceShutdown();
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
    expect(unanswered).toEqual({ outcome: 'unknown', reason: 'no answer within 200 ms' });
    late[0]?.();
    expect(await append()).toMatchObject({ outcome: 'stored' });
  } finally {
    await close();
  }
});
