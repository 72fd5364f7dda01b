import { WireReader } from '#wire';

/** The id is not valid. The message is that of EventStoreDB. */
export class InvalidId extends Error {}

const STRUCTURED = 0x0a;
const STRING = 0x12;
const TEXT_LENGTH = 36;
const DASHES = [8, 13, 18, 23];
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEXADECIMAL_PARTS =
  /^\{0x(\w+),0x(\w+),0x(\w+),\{0x(\w+),0x(\w+),0x(\w+),0x(\w+),0x(\w+),0x(\w+),0x(\w+),0x(\w+)\}\}$/i;
const DIGITS_OF_PARTS = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];

export const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * The id in a UUID message, text or structured, as lower-case text.
 * @throws InvalidId
 */
export function readUuid(bytes: Buffer, start = 0, end = bytes.length): string {
  if (end - start === 2 + TEXT_LENGTH && bytes[start] === STRING && bytes[start + 1] === TEXT_LENGTH) {
    const text = bytes.toString('latin1', start + 2, end);
    if (CANONICAL.test(text)) return text;
  }
  return readAnyUuid(new WireReader(bytes, start, end));
}

function readAnyUuid(message: WireReader): string {
  let id: string | undefined;
  while (message.more) {
    const tag = message.varint();
    if (tag === STRING) id = parseUuid(message.slice().toString());
    else if (tag === STRUCTURED) id = readStructured(message.message());
    else message.skip(tag);
  }
  if (id === undefined) throw new InvalidId("Invalid argument: None (Parameter 'dto')");
  return id;
}

function readStructured(message: WireReader): string {
  let [most, least] = [0n, 0n];
  while (message.more) {
    const tag = message.varint();
    if (tag === 0x08) most = message.uint64();
    else if (tag === 0x10) least = message.uint64();
    else message.skip(tag);
  }
  return dashed(most.toString(16).padStart(16, '0') + least.toString(16).padStart(16, '0'));
}

const dashed = (digits: string): string =>
  [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');

/** The two halves of an id. */
export function halvesOf(id: string): { most: bigint; least: bigint } {
  const digits = id.replaceAll('-', '');
  return { most: BigInt(`0x${digits.slice(0, 16)}`), least: BigInt(`0x${digits.slice(16)}`) };
}

/**
 * Reads the forms of .NET's Guid.Parse: 32 digits, with or without dashes, in braces or parentheses, or as numbers.
 * @throws InvalidId
 */
export function parseUuid(text: string): string {
  if (CANONICAL.test(text)) return text;
  const trimmed = text.trim();
  if (trimmed.length < 32) throw new InvalidId('Unrecognized Guid format.');
  if (trimmed.startsWith('(')) return inside(trimmed, ')');
  if (trimmed.startsWith('{')) return trimmed[9] === '-' ? inside(trimmed, '}') : hexadecimalParts(trimmed);
  return trimmed[8] === '-' ? withDashes(trimmed) : withoutDashes(trimmed);
}

function inside(text: string, closing: string): string {
  if (text.length !== 38 || !text.endsWith(closing)) throw wrongLength();
  return withDashes(text.slice(1, -1));
}

function withDashes(text: string): string {
  if (text.length !== 36) throw wrongLength();
  if (!DASHES.every((at) => text[at] === '-'))
    throw new InvalidId('Dashes are in the wrong position for GUID parsing.');
  return withoutDashes(text.replaceAll('-', ''));
}

function withoutDashes(text: string): string {
  if (text.length !== 32) throw wrongLength();
  if (!/^[0-9a-f]*$/i.test(text)) throw new InvalidId('Guid string should only contain hexadecimal characters.');
  return dashed(text.toLowerCase());
}

function hexadecimalParts(text: string): string {
  const parts = HEXADECIMAL_PARTS.exec(text.replaceAll(/\s/g, ''))?.slice(1);
  const isValid = parts?.every(
    (part, index) => /^[0-9a-f]+$/i.test(part) && part.length <= (DIGITS_OF_PARTS[index] ?? 0),
  );
  if (!parts || !isValid) throw new InvalidId('Expected {0xdddddddd, etc}.');
  return withoutDashes(parts.map((part, index) => part.padStart(DIGITS_OF_PARTS[index] ?? 0, '0')).join(''));
}

const wrongLength = (): InvalidId =>
  new InvalidId('Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).');
