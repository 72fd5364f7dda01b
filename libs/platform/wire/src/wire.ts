/** Malformed protobuf. */
export class WireError extends Error {}

/** Reads protobuf fields in place, without copying. */
export class WireReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get more(): boolean {
    return this.at < this.end;
  }

  /** Exact up to 2^53 and rounded above, which is enough for the very large counts that mean "all". */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || this.at > this.end || scale > 2 ** 63) throw new WireError('Malformed varint.');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** A varint with all of its 64 bits. */
  uint64(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || this.at > this.end || shift > 63n) throw new WireError('Malformed varint.');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  /** Enters a length-delimited field: leaves `at` at its start and returns its end. */
  span(): number {
    const length = this.varint();
    if (this.at + length > this.end) throw new WireError('Malformed length.');
    return this.at + length;
  }

  message(): WireReader {
    const end = this.span();
    const inner = new WireReader(this.bytes, this.at, end);
    this.at = end;
    return inner;
  }

  slice(): Buffer {
    const end = this.span();
    const slice = this.bytes.subarray(this.at, end);
    this.at = end;
    return slice;
  }

  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        break;
      case 1:
        this.at += 8;
        break;
      case 2:
        this.at = this.span();
        break;
      case 5:
        this.at += 4;
        break;
      default:
        throw new WireError('Unknown wire type.');
    }
  }
}

export function varintSize(value: number): number {
  let size = 1;
  for (; value >= 128; value /= 128) size++;
  return size;
}

/** Writes a varint and returns the offset after it. */
export function putVarint(bytes: Buffer, at: number, value: number): number {
  while (value >= 0x8000_0000) {
    bytes[at++] = (value % 128) | 0x80;
    value = Math.floor(value / 128);
  }
  while (value >= 0x80) {
    bytes[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}

/** A gRPC message: one byte "not compressed", four bytes length, then the message. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(message.length + 5);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
