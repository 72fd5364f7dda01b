const NEEDED_NODE = 24;

/** What is imported needs SQLite of a newer Node, so the version is looked at first. */
if (Number.parseInt(process.versions.node) < NEEDED_NODE) {
  console.error(
    `kontor event-store: it needs Node ${NEEDED_NODE} or newer, and this is Node ${process.versions.node}.`,
  );
  process.exit(1);
}
const { run } = await import('./command-line.js');
await run();
