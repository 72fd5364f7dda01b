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

it('opens a new connection when the server has ended the stream of appends without a word', async () => {
  let connections = 0;
  const server = new Server();
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, supported()),
  });
  server.addService(streamsService.StreamsService, {
    batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
      if (++connections === 1) call.end();
      else call.on('data', (request) => call.write(stored(request as BatchAppendReq)));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const store = EsdbEventStore.connect(`esdb://127.0.0.1:${port}?tls=false`, { appendTimeoutMs: 200 });
  const append = () => store.append('thing-1', -1, newEvents([{ type: 'Happened', data: {} }]));
  try {
    expect(await append()).toEqual({ outcome: 'unknown', reason: 'no answer within 200 ms' });
    let appended = await append();
    while (appended.outcome === 'unknown') appended = await append();
    expect(appended).toMatchObject({ outcome: 'stored' });
  } finally {
    await store.close();
    server.forceShutdown();
  }
});
