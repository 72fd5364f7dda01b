import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { grpcFrame } from '#wire';

export const CAUGHT_UP = grpcFrame(
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()).serializeBinary(),
);

export function confirmation(): Buffer {
  const message = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  return grpcFrame(new streams.ReadResp().setConfirmation(message).serializeBinary());
}

export function checkpoint(position: number): Buffer {
  const message = new streams.ReadResp.Checkpoint();
  message.setCommitPosition(String(position)).setPreparePosition(String(position));
  return grpcFrame(new streams.ReadResp().setCheckpoint(message).serializeBinary());
}
