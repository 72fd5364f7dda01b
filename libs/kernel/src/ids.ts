/* eslint-disable @typescript-eslint/no-non-null-assertion -- fixed-size arrays, indexed within their bounds */

/** Derived ids (RFC 9562 UUID version 5): the same input gives the same id on every machine and at every retry. */

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

const mix = (round: number, b: number, c: number, d: number) => {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
};

const schedule = new Int32Array(80);

const compress = (hash: Int32Array, block: DataView, offset: number) => {
  for (let i = 0; i < 16; i++) schedule[i] = block.getInt32(offset + i * 4);
  for (let i = 16; i < 80; i++) {
    // The schedule is filled from the left, so all four are there.
    schedule[i] = rotate(schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!, 1);
  }
  let [a, b, c, d, e] = hash as unknown as [number, number, number, number, number];
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + mix(i, b, c, d) + e + schedule[i]!) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  }
  hash.set([hash[0]! + a, hash[1]! + b, hash[2]! + c, hash[3]! + d, hash[4]! + e]);
};

/** SHA-1 (RFC 3174), for UUIDv5 only: not for secrets. */
const sha1 = (input: Uint8Array): Uint8Array => {
  const padded = new Uint8Array((((input.length + 8) >> 6) + 1) * 64);
  padded.set(input);
  padded[input.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, input.length * 8);
  const hash = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let offset = 0; offset < padded.length; offset += 64) compress(hash, view, offset);
  const digest = new DataView(new ArrayBuffer(20));
  hash.forEach((word, index) => digest.setInt32(index * 4, word));
  return new Uint8Array(digest.buffer);
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string) => UUID.test(text);

const bytesOf = (uuid: string) => {
  if (!isUuid(uuid)) throw new TypeError(`Not a UUID: ${uuid}`);
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(i * 2, i * 2 + 2), 16));
};

/** @throws TypeError if `namespace` is not a UUID */
export const uuidv5 = (namespace: string, name: string): string => {
  const tail = encode(name);
  const input = new Uint8Array(16 + tail.length);
  input.set(bytesOf(namespace));
  input.set(tail, 16);
  const bytes = sha1(input);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i++) text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + HEX[bytes[i]!]!;
  return text;
};

/** UTF-8 without TextEncoder, which the language itself does not have. */
const encode = (text: string) => {
  const escaped = encodeURIComponent(text.toWellFormed());
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') bytes.push(parseInt(escaped.slice(i + 1, (i += 2) + 1), 16));
    else bytes.push(escaped.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
};

/** The namespace of every id that Kontor derives from names of its own. */
export const KONTOR_NAMESPACE = '6d0e3a3e-6f1c-5b57-9f0a-0f1b9b1c9a51';

/** Id of the `index`-th event that a command causes. */
export const eventId = (commandId: string, index: number) => uuidv5(commandId, String(index));

/** Id of the `index`-th command with which a process answers an event. */
export const processCommandId = (process: string, causationId: string, index: number) =>
  uuidv5(causationId, `${process}/${index}`);
