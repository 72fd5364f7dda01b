import { dataOf, typeOf } from './frames.js';
import { encodeLinkFrame } from './answer-frames.js';
import { type Log } from './log.js';
import { readableEvent } from './visibility.js';
import { type Row } from './storage.js';

const LINK = '$>';
const LARGEST_REVISION = 2n ** 63n - 1n;

/** Turns links (`revision@stream`) into frames that carry their target as well. What names no event stays as it is. */
export const linkResolver =
  (log: Log) =>
  (row: Row): Buffer => {
    if (typeOf(row.frame) !== LINK) return row.frame;
    const [, digits, stream] = /^\s*([+-]?\d+)\s*@(.+)$/s.exec(dataOf(row.frame).toString()) ?? [];
    if (digits === undefined || stream === undefined) return row.frame;
    const revision = BigInt(digits.replace('+', ''));
    if (revision < -1n || revision > LARGEST_REVISION) return row.frame;
    return encodeLinkFrame(row.frame, readableEvent(log, log.heads.get(stream), Number(revision))?.frame, row.position);
  };
