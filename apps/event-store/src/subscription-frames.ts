import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type StartPosition } from './read-options.js';
import { grpcFrame } from '#wire';

const { ReadResp } = streams;

export const CAUGHT_UP = grpcFrame(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary());

export const FELL_BEHIND = grpcFrame(new ReadResp().setFellBehind(new ReadResp.FellBehind()).serializeBinary());

export function confirmation(): Buffer {
  const message = new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  return grpcFrame(new ReadResp().setConfirmation(message).serializeBinary());
}

export function checkpoint({ commit, prepare }: StartPosition): Buffer {
  return checkpointOf(String(commit), String(prepare));
}

/** What EventStoreDB 24.2 says where there is no position yet: 2^64 - 1. */
export const CHECKPOINT_BEFORE_EVERYTHING = checkpointOf('18446744073709551615', '18446744073709551615');

function checkpointOf(commit: string, prepare: string): Buffer {
  const message = new ReadResp.Checkpoint().setCommitPosition(commit).setPreparePosition(prepare);
  return grpcFrame(new ReadResp().setCheckpoint(message).serializeBinary());
}
