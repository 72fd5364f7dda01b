import { putVarint, varintSize } from './wire.js';

const MAX_VARINT_BYTES = 10;

/** Writes protobuf fields. The fields of a nested message are written inside the function that is given to `nested`. */
export class WireWriter {
  private buffer = Buffer.allocUnsafe(1024);
  private at = 0;

  /** A copy of the bytes that were written. */
  get bytes(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  /** @param value an integer up to 2^53 - 1 */
  number(field: number, value: number): this {
    this.room(2 * MAX_VARINT_BYTES);
    this.at = putVarint(this.buffer, this.at, field << 3);
    this.at = putVarint(this.buffer, this.at, value);
    return this;
  }

  text(field: number, value: string): this {
    const length = Buffer.byteLength(value);
    this.room(2 * MAX_VARINT_BYTES + length);
    this.open(field);
    this.at = putVarint(this.buffer, this.at, length);
    this.at += this.buffer.write(value, this.at);
    return this;
  }

  nested(field: number, write: () => void = () => undefined): this {
    this.room(2 * MAX_VARINT_BYTES);
    this.open(field);
    const start = this.at + 1; // most messages are shorter than 128 bytes, so their length takes one byte
    this.at = start;
    write();
    const length = this.at - start;
    const more = varintSize(length) - 1;
    this.room(more);
    if (more > 0) this.buffer.copyWithin(start + more, start, this.at);
    putVarint(this.buffer, start - 1, length);
    this.at += more;
    return this;
  }

  private open(field: number) {
    this.at = putVarint(this.buffer, this.at, (field << 3) | 2);
  }

  private room(bytes: number) {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
