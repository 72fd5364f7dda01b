/**
 * The partition of a key: Kafka's murmur2 hash of its bytes, modulo the number of partitions. So a key stays in its
 * partition, whichever client writes it, as long as the number of partitions stays the same.
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7f_ff_ff_ff) % partitions;

const SEED = 0x97_47_b2_8c;
const MULTIPLIER = 0x5b_d1_e9_95;

/** The hash of org.apache.kafka.common.utils.Utils, as a signed integer of 32 bits. */
export const murmur2 = (data: Buffer): number => {
  const whole = data.length - (data.length % 4);
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (whole < data.length) {
    for (let at = data.length - 1; at >= whole; at--) hash ^= data.readUInt8(at) << (8 * (at - whole));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
};
