import { dataOf, encodeLinkFrame, typeOf } from './frames.js';
import { type Log } from './log.js';
import { type Row } from './storage.js';
import { firstVisible } from './visible-range.js';

const LINK = '$>';

/** Turns links (`revision@stream`) into frames that carry their target as well. */
export const linkResolver =
  (log: Log) =>
  (row: Row): Buffer =>
    typeOf(row.frame) === LINK ? encodeLinkFrame(row.frame, target(log, row.frame), row.position) : row.frame;

function target(log: Log, link: Buffer): Buffer | undefined {
  const [, digits, stream] = /^(\d+)@(.+)$/s.exec(dataOf(link).toString()) ?? [];
  if (digits === undefined || stream === undefined) return undefined;
  const head = log.heads.get(stream);
  const revision = Number(digits);
  const gone = head.tombstoned || head.softDeleted || revision < firstVisible(head.metadata, head.last);
  return gone ? undefined : log.storage.frameAt(head.id, revision);
}
