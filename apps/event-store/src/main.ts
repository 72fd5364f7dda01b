const NEEDED_NODE = 24;

/** Checks the version first, because the imported modules need SQLite of a newer Node. */
if (Number.parseInt(process.versions.node) < NEEDED_NODE) {
  console.error(
    `kontor event-store: it needs Node ${NEEDED_NODE} or newer, and this is Node ${process.versions.node}.`,
  );
  process.exit(1);
}
const { run } = await import('./command-line.js');
await run();
