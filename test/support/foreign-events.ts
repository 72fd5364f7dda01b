import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ForeignEvent } from '#testing';

/** Appends events with any bytes as data and metadata, which the official client does not allow. @param url `esdb://…` */
export const appendForeign = async (
  url: string,
  events: readonly (readonly [string, ForeignEvent])[],
): Promise<void> => {
  const { host, username, password, searchParams } = new URL(url);
  const authority = searchParams.get('tlsCAFile');
  const channel = authority === null ? credentials.createInsecure() : credentials.createSsl(readFileSync(authority));
  const metadata = new Metadata();
  metadata.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  const client = new streamsService.StreamsClient(host, channel);
  try {
    for (const [stream, event] of events) {
      await new Promise<void>((resolve, reject) => {
        const call = client.append(metadata, (error) => (error ? reject(error) : resolve()));
        const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'));
        const options = new streams.AppendReq.Options().setStreamIdentifier(name).setAny(new shared.Empty());
        call.write(new streams.AppendReq().setOptions(options));
        call.write(new streams.AppendReq().setProposedMessage(proposed(event)));
        call.end();
      });
    }
  } finally {
    client.close();
  }
};

const proposed = ({ type, contentType, data, metadata }: ForeignEvent) => {
  const message = new streams.AppendReq.ProposedMessage();
  message.setId(new shared.UUID().setString(randomUUID()));
  message.getMetadataMap().set('type', type).set('content-type', contentType);
  message.setData(Buffer.from(data as string).toString('base64'));
  message.setCustomMetadata(Buffer.from(metadata).toString('base64'));
  return message;
};
