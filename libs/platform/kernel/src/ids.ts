/* eslint-disable @typescript-eslint/no-non-null-assertion -- fixed-size arrays, indexed within their bounds */

/** Derived ids (RFC 9562 UUID version 5): the same input gives the same id on every machine and at every retry. */

const schedule = new Int32Array(80);

const fillSchedule = (block: DataView, offset: number) => {
  for (let i = 0; i < 16; i++) schedule[i] = block.getInt32(offset + i * 4);
  for (let i = 16; i < 80; i++) {
    // The schedule is filled from the left, so all four are there.
    const mixed = schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!;
    schedule[i] = (mixed << 1) | (mixed >>> 31);
  }
};

/** Written out, not called: this runs for every event and every command of a process. */
const compress = (hash: Int32Array, block: DataView, offset: number) => {
  fillSchedule(block, offset);
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  for (let i = 0; i < 80; i++) {
    const phase = Math.trunc(i / 20);
    const f = phase === 0 ? (b & c) | (~b & d) : phase === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const next = (((a << 5) | (a >>> 27)) + f + e + ROUNDS[phase]! + schedule[i]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  hash[0] = hash[0]! + a;
  hash[1] = hash[1]! + b;
  hash[2] = hash[2]! + c;
  hash[3] = hash[3]! + d;
  hash[4] = hash[4]! + e;
};

const ROUNDS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** One or two blocks do for ordinary names: they are used again and again. */
const blocks = new Uint8Array(128);
const words = new DataView(blocks.buffer);

/** SHA-1 (RFC 3174) of a namespace and a name, for UUIDv5 only: not for secrets. */
const sha1 = (namespace: string, name: string): Int32Array => {
  const tail = encode(name);
  const length = 16 + tail.length;
  const size = (((length + 8) >> 6) + 1) * 64;
  const padded = size <= blocks.length ? blocks.fill(0, 0, size) : new Uint8Array(size);
  putUuid(namespace, padded);
  padded.set(tail, 16);
  padded[length] = 0x80;
  const view = padded === blocks ? words : new DataView(padded.buffer);
  view.setUint32(size - 4, length * 8);
  const hash = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let offset = 0; offset < size; offset += 64) compress(hash, view, offset);
  return hash;
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string) => UUID.test(text);

/** Where the sixteen bytes stand in the text of a UUID. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const putUuid = (uuid: string, bytes: Uint8Array) => {
  if (!isUuid(uuid)) throw new TypeError(`Not a UUID: ${uuid}`);
  for (let i = 0; i < 16; i++) {
    const place = PLACES[i]!;
    bytes[i] = (nibble(uuid.charCodeAt(place)) << 4) | nibble(uuid.charCodeAt(place + 1));
  }
};

/** Of a hexadecimal digit: letters of both cases lie nine above their value in the last four bits. */
const nibble = (code: number) => (code & 15) + (code > 57 ? 9 : 0);

/** @throws TypeError if `namespace` is not a UUID */
export const uuidv5 = (namespace: string, name: string): string => {
  const hash = sha1(namespace, name);
  let text = '';
  for (let i = 0; i < 16; i++) {
    let byte = (hash[i >> 2]! >>> (24 - (i & 3) * 8)) & 0xff;
    if (i === 6) byte = (byte & 0x0f) | 0x50;
    if (i === 8) byte = (byte & 0x3f) | 0x80;
    text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + HEX[byte]!;
  }
  return text;
};

/** UTF-8 without TextEncoder, which the language itself does not have. */
const encode = (text: string): number[] => {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return encodeAll(text);
    bytes.push(code);
  }
  return bytes;
};

const encodeAll = (text: string): number[] => {
  const escaped = encodeURIComponent(text.toWellFormed());
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') bytes.push(parseInt(escaped.slice(i + 1, (i += 2) + 1), 16));
    else bytes.push(escaped.charCodeAt(i));
  }
  return bytes;
};

/** The namespace of every id that Kontor derives from names of its own. */
export const KONTOR_NAMESPACE = '6d0e3a3e-6f1c-5b57-9f0a-0f1b9b1c9a51';

/** Id of the `index`-th event that a command causes. */
export const eventId = (commandId: string, index: number) => uuidv5(commandId, String(index));

/** Id of the `index`-th command with which a process answers an event. */
export const processCommandId = (process: string, causationId: string, index: number) =>
  uuidv5(causationId, `${process}/${index}`);
