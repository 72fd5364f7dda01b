const ERROR = /^(Uncaught )?\w*(error|exception)\b/i;
const OF_NODE = /^\s|^$|^[{}]$|^Node\.js v|^(node|file):/;

const MAX_LINES = 5;

/** @returns the last lines of a process that say why it ended, without the stack trace */
export const exitReason = (lines: readonly string[]): string[] => {
  const thrown = lines.findLastIndex((line) => ERROR.test(line));
  const reasons = lines.slice(Math.max(0, thrown)).filter((line) => !OF_NODE.test(line));
  return reasons.slice(-MAX_LINES);
};
