import { type IncomingHttpHeaders } from 'node:http2';
import { gunzipSync, inflateSync } from 'node:zlib';
import { Code, GrpcError } from './errors.js';

const MAX_MESSAGE = 64 * 1024 * 1024;
const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
const SHORTEST_TIMEOUT_MS = 1e-4;
const DECOMPRESS = new Map([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/** Cuts what a client sends into messages. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(
    private readonly headers: IncomingHttpHeaders,
    private readonly onMessage: (message: Buffer) => void,
  ) {}

  /** @throws GrpcError if a message is too large or cannot be unpacked */
  take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#wanted()) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 5 + messageLength(bytes, at);
      if (end > bytes.length) break;
      const message = bytes.subarray(at + 5, end);
      this.onMessage(bytes[at] === 0 ? message : this.#decompressed(message));
      at = end;
    }
    this.#received = bytes.length - at;
    this.#chunks = this.#received > 0 ? [bytes.subarray(at)] : [];
  }

  #decompressed(message: Buffer): Buffer {
    const encoding = String(this.headers['grpc-encoding'] ?? 'identity');
    const decompress = DECOMPRESS.get(encoding);
    if (!decompress) throw new GrpcError(Code.UNIMPLEMENTED, `Unsupported grpc-encoding value '${encoding}'.`);
    return decompress(message, { maxOutputLength: MAX_MESSAGE });
  }

  /** The bytes that the first message in the making needs. */
  #wanted(): number {
    const [first] = this.#chunks;
    return first && first.length >= 5 ? 5 + messageLength(first, 0) : 5;
  }
}

function messageLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1);
  if (length > MAX_MESSAGE) throw new GrpcError(Code.RESOURCE_EXHAUSTED, 'The message is too large.');
  return length;
}

/** A timeout that cannot be read, or is shorter than a tick of 100 ns, is none. In milliseconds since the epoch. */
export function deadlineFrom(headers: IncomingHttpHeaders): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(String(headers['grpc-timeout'] ?? ''));
  const timeout = match ? Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0) : 0;
  return timeout >= SHORTEST_TIMEOUT_MS ? Date.now() + timeout : Infinity;
}
