/** The part of HTTP/2's framing (RFC 9113) that a proxy needs. */

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const PING = 6;
const WINDOW_UPDATE = 8;

export const END_STREAM = 0x1;
const END_HEADERS = 0x4;
/** A flag of PING. */
export const ACK = 0x1;

const CANCEL = 8;
const HEAD_BYTES = 9;
const PREFACE_BYTES = 24;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** Number of the HTTP/2 stream; 0 is the connection. */
  readonly stream: number;
  readonly payload: Buffer;
}

/** Cuts the bytes of one direction into frames, and returns the bytes to pass on, with some frames replaced. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** @param replace returns the replacement of a frame, or undefined to pass it on. */
  constructor(
    private readonly replace: (frame: Frame) => Buffer | undefined,
    /** A client begins with a preface, which is not a frame. */
    private preface = PREFACE_BYTES,
  ) {}

  static ofServer(replace: (frame: Frame) => Buffer | undefined): FrameReader {
    return new FrameReader(replace, 0);
  }

  /** @returns whole frames only, so that other frames can be sent after them. */
  take(chunk: Buffer): readonly Buffer[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const out: Buffer[] = [];
    let [sent, at] = [0, this.preface];
    for (let end; (end = endOfFrame(bytes, at)) <= bytes.length; at = end) {
      const replaced = this.replace(frameIn(bytes, at, end));
      if (!replaced) continue;
      out.push(bytes.subarray(sent, at), replaced);
      sent = end;
    }
    if (at <= bytes.length) {
      out.push(bytes.subarray(sent, at));
      this.rest = bytes.subarray(at);
      this.preface = 0;
    } else this.rest = bytes;
    return out.filter(({ length }) => length > 0);
  }
}

const endOfFrame = (bytes: Buffer, at: number) =>
  bytes.length < at + HEAD_BYTES ? Infinity : at + HEAD_BYTES + bytes.readUIntBE(at, 3);

const frameIn = (bytes: Buffer, at: number, end: number): Frame => ({
  type: bytes.readUInt8(at + 3),
  flags: bytes.readUInt8(at + 4),
  stream: bytes.readUInt32BE(at + 5),
  payload: bytes.subarray(at + HEAD_BYTES, end),
});

const frame = ({ type, flags, stream, payload }: Frame): Buffer => {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const cancelFrame = (stream: number): Buffer =>
  frame({ type: RST_STREAM, flags: 0, stream, payload: number(CANCEL) });

/** @param token eight bytes, which the answer repeats */
export const pingFrame = (token: Buffer): Buffer => frame({ type: PING, flags: 0, stream: 0, payload: token });

/** Returns flow-control credit for the whole connection to the sender. */
export const creditFrame = (bytes: number): Buffer =>
  frame({ type: WINDOW_UPDATE, flags: 0, stream: 0, payload: number(bytes) });

/** The end of a call. Its fields are literals, which leave the tables of header compression (HPACK) unchanged. */
export const trailersFrame = (stream: number, fields: Readonly<Record<string, string>>): Buffer => {
  const literals = Object.entries(fields).flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]);
  return frame({ type: HEADERS, flags: END_STREAM | END_HEADERS, stream, payload: Buffer.concat(literals) });
};

const text = (value: string) => {
  if (value.length > 126) throw new Error(`Too long for a length of one byte: ${value}`);
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value, 'latin1')]);
};
