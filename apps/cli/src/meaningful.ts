const ERROR = /^(Uncaught )?\w*(error|exception)\b/i;
const OF_NODE = /^\s|^$|^[{}]$|^Node\.js v|^(node|file):/;

const MOST = 5;

/** What tells people why a process ended, of its last lines: not where in the code it did. */
export const meaningful = (lines: readonly string[]): string[] => {
  const thrown = lines.findLastIndex((line) => ERROR.test(line));
  const told = lines.slice(Math.max(0, thrown)).filter((line) => !OF_NODE.test(line));
  return told.slice(-MOST);
};
