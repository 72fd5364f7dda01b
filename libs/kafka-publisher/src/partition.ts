/**
 * Which partition a key belongs to: Kafka's own murmur2 hash of its bytes, modulo the count. So the same key is in the
 * same partition for ever, whichever client writes it, as long as the count stays as it was recorded.
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7f_ff_ff_ff) % partitions;

const SEED = 0x97_47_b2_8c;
const M = 0x5b_d1_e9_95;

/** As in org.apache.kafka.common.utils.Utils: a signed number of 32 bits. */
export const murmur2 = (data: Buffer): number => {
  const whole = data.length - (data.length % 4);
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (whole < data.length) {
    for (let at = data.length - 1; at >= whole; at--) hash ^= data.readUInt8(at) << (8 * (at - whole));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
};
