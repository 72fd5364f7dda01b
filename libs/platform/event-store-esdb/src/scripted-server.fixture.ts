import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, {
  type BatchAppendReq,
  type BatchAppendResp,
  type ReadReq,
  type ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  Metadata,
  type sendUnaryData,
  Server,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { listenOnFreePort, supportedMethods, TOO_SLOW } from '../../../../test/simulators/event-store-protocol.js';

type Answers = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/** The behavior of a scripted server. Calls without a function are not answered. */
export interface Script {
  readonly version?: string;
  readonly methods?: readonly string[];
  readonly append?: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => void;
  /** A subscription, from a position on: 0 is the start. */
  readonly subscribe?: (answers: Answers, after: number) => void;
  /** Position of the newest event at or before this one; without one, of all. 0: there is none. */
  readonly newest?: (before: number | undefined, answers: Answers) => number;
}

/** A server that answers as a test has scripted. */
export const scriptedServer = async (script: Script) => {
  const server = new Server();
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) =>
      answer(null, supportedMethods(script.version, script.methods)),
  });
  server.addService(streamsService.StreamsService, {
    batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => script.append?.(call),
    read: (call: Answers) => read(call, script),
  });
  const port = await listenOnFreePort(server);
  return { url: `esdb://127.0.0.1:${port}?tls=false`, close: () => server.forceShutdown() };
};

const read = (call: Answers, script: Script) => {
  const options = call.request.getOptions() as Options;
  const position = positionOf(options);
  if (options.hasSubscription()) {
    script.subscribe?.(call, position ?? 0);
    return;
  }
  const newest = options.hasAll() && script.newest ? script.newest(position, call) : 0;
  if (newest > 0) call.write(says.event(newest, 'foreign-1'));
  if (!call.writableEnded) call.end();
};

const positionOf = (options: Options) => {
  const position = options.getAll()?.getPosition();
  return position && Number(position.getCommitPosition());
};

const { ReadResp: Response } = streams;

/** Messages and errors of a server. */
export const says = {
  confirmed: () => new Response().setConfirmation(new Response.SubscriptionConfirmation().setSubscriptionId('one')),
  caughtUp: () => new Response().setCaughtUp(new Response.CaughtUp()),
  fellBehind: () => new Response().setFellBehind(new Response.FellBehind()),
  checkpoint: (commit: string, prepare: string) =>
    new Response().setCheckpoint(new Response.Checkpoint().setCommitPosition(commit).setPreparePosition(prepare)),
  event: (position: number, stream = 'thing-1', type = 'Happened') => {
    const event = new Response.ReadEvent.RecordedEvent();
    event.setId(new shared.UUID().setString(`00000000-0000-4000-8000-${String(position).padStart(12, '0')}`));
    event.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)));
    event.setStreamRevision('0').setPreparePosition(String(position)).setCommitPosition(String(position));
    event
      .getMetadataMap()
      .set('created', '17637984001239999')
      .set('type', type)
      .set('content-type', 'application/json');
    event.setData(Buffer.from('{}')).setCustomMetadata(Buffer.from('{}'));
    return new Response().setEvent(new Response.ReadEvent().setEvent(event));
  },
  /** Ends a call as a server does that gives up a slow reader. */
  tooSlow: (call: Answers) =>
    call.emit('error', {
      code: status.ABORTED,
      details: TOO_SLOW,
    }),
  denied: (call: Answers) => {
    const metadata = new Metadata();
    metadata.set('exception', 'access-denied');
    call.emit('error', { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata });
  },
};

/** The answer to an append that was stored. */
export const stored = (request: BatchAppendReq) => {
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision('0');
  return new streams.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setSuccess(success);
};
