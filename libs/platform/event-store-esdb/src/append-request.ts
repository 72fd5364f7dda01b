import { NO_STREAM, type NewEvent } from '#event-store';
import { WireWriter } from '#wire';

export interface AppendRequest {
  readonly correlationId: string;
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * A `BatchAppendReq` of `streams.proto`. It is encoded here because most of what Kontor sends are these, and the client's own
 * encoder makes an object for each field.
 */
export const encodeAppend = ({ correlationId, stream, expected, events, deadline }: AppendRequest): Buffer => {
  const to = new WireWriter();
  to.nested(1, () => to.text(2, correlationId));
  to.nested(2, () => {
    to.nested(1, () => to.text(3, stream));
    if (expected === NO_STREAM) to.nested(3);
    else to.number(2, expected);
    to.nested(6, () => to.number(1, Math.floor(deadline / 1000)).number(2, (deadline % 1000) * 1e6));
  });
  for (const event of events) to.nested(3, () => writeProposed(to, event));
  return to.number(4, 1).bytes;
};

/** `BatchAppendReq.ProposedMessage` */
const writeProposed = (to: WireWriter, { id, event, envelope }: NewEvent) => {
  to.nested(1, () => to.text(2, id));
  to.nested(2, () => to.text(1, 'type').text(2, event.type));
  to.nested(2, () => to.text(1, 'content-type').text(2, 'application/json'));
  // JSON leaves out undefined fields.
  to.text(3, JSON.stringify(envelope)).text(4, JSON.stringify(event.data));
};
