/**
 * A real Apache Kafka on this machine, one node (KRaft), from its Maven Central jars: `npm run kafka -- --port 9092`.
 * Stays up until SIGTERM or SIGINT; the broker ends with this process however this process ends.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const HERE = import.meta.dirname;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
/** Broker, controller and the metadata of a few topics need little; what is read comes from the page cache. */
const HEAP_MB = 384;

/** What somebody can do something about: printed without a stack. */
class Missing extends Error {}

const version = () => {
  const found = /<version>([^<]+)</.exec(readFileSync(join(HERE, 'pom.xml'), 'utf8'))?.[1];
  if (found === undefined) throw new Error('pom.xml names no version');
  return found;
};

const java = (): string => {
  const home = process.env['JAVA_HOME'];
  const command = home === undefined ? 'java' : join(home, 'bin', 'java');
  try {
    const said = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const major = Number(/\d+/.exec(said)?.[0]);
    if (major >= 17) return command;
    throw new Missing(`Kafka needs Java 17 or newer, and ${command} is Java ${major}: install one and set JAVA_HOME.`);
  } catch (error) {
    if (error instanceof Missing) throw error;
    throw new Missing(
      'Kafka needs a Java runtime, 17 or newer, and there is none: install one (Debian: apt-get install default-jre-headless) or set JAVA_HOME.',
    );
  }
};

/** Folder of the jars: fetched once, whole or not at all. */
const jars = (): string => {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'kontor', `kafka-${version()}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const fetched = mkdtempSync(`${folder}.`);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
  process.stderr.write(`Fetching Kafka ${version()} from Maven Central, this once\n`);
  try {
    execFileSync('mvn', ['-q', '-B', '-f', join(HERE, 'pom.xml'), ...goal], { stdio: ['ignore', 2, 2] });
    renameSync(fetched, folder);
  } catch (error) {
    rmSync(fetched, { recursive: true });
    if (existsSync(folder)) return folder; // somebody else was faster
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Missing(`Maven could not fetch Kafka ${version()} (see above): it needs Maven Central, this once.`);
    throw new Missing(
      "Kafka's jars are fetched by Maven, and there is no mvn: install it (Debian: apt-get install maven).",
    );
  }
  return folder;
};

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  await new Promise((closed) => server.close(closed));
  return free;
};

let asked = 0;

/** Below those of outgoing connections: it is bound seconds later. Each process has a hundred of its own to try. */
const anyPort = () => 10_000 + (process.pid % 220) * 100 + (asked++ % 100);

const freePort = async (wanted: number): Promise<number> => {
  for (let port = wanted || anyPort(); ; port = anyPort()) {
    if (await isFree(port)) return port;
    if (wanted > 0) throw new Missing(`Port ${wanted} is taken: give another with --port, or 0 for any free one.`);
  }
};

const settings = (dataDir: string, port: number, controllerPort: number) => `
${readFileSync(join(HERE, 'server.properties'), 'utf8')}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.quorum.voters=1@127.0.0.1:${controllerPort}
log.dirs=${join(dataDir, 'log')}
`;

/**
 * A second listener, for users with passwords. Who may do what is in ACLs then: nobody may do anything at first but the first user, which
 * the broker itself is. Clients of the first listener are User:ANONYMOUS.
 */
const userSettings = (users: readonly string[], port: number, usersPort: number, controllerPort: number) => {
  const [broker = '', ...others] = users;
  const name = (user: string) => user.slice(0, user.indexOf(':'));
  const password = (user: string) => user.slice(user.indexOf(':') + 1);
  const known = [broker, ...others].map((user) => `user_${name(user)}="${password(user)}"`);
  const own = `username="${name(broker)}" password="${password(broker)}"`;
  const module = `org.apache.kafka.common.security.plain.PlainLoginModule required ${own} ${known.join(' ')};`;
  return `
listeners=PLAINTEXT://127.0.0.1:${port},USERS://127.0.0.1:${usersPort},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},USERS://127.0.0.1:${usersPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,USERS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=USERS
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.users.plain.sasl.jaas.config=${module}
listener.name.controller.plain.sasl.jaas.config=${module}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:${name(broker)}
`;
};

const readUsers = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(':'));

/**
 * Runs the JVM under a shell that ends it when its own input ends: that is when this process stops it, and when this
 * process is killed.
 */
const WATCHED =
  'exec 3<&0; "$@" & jvm=$!; echo $jvm > "$PID_FILE"; (cat <&3 >/dev/null; kill $jvm 2>/dev/null) & wait $jvm';

class Broker {
  readonly logFile: string;
  private readonly child: ChildProcess;

  constructor(dataDir: string, command: readonly string[]) {
    this.logFile = join(dataDir, 'logs', 'broker.log');
    this.child = spawn('sh', ['-c', WATCHED, 'sh', ...command], {
      detached: true, // Ctrl+C is for this process, which stops the broker in order
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, PID_FILE: join(dataDir, 'pid') },
    });
  }

  get over() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async ready(port: number): Promise<void> {
    const end = performance.now() + READY_WITHIN_MS;
    while (!(await answers(port))) {
      if (this.over) throw new Missing(`The broker ended while it started; its log: ${this.logFile}`);
      if (performance.now() > end)
        throw new Missing(`The broker is not ready after a minute; its log: ${this.logFile}`);
      await pause(100);
    }
  }

  async stop(): Promise<void> {
    if (this.over) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    const winner = await Promise.race([exited, pause(STOP_WITHIN_MS, 'late', { ref: false })]);
    if (winner === 'late' && this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
  }

  /** Resolves when the broker has ended by itself. */
  async ended(): Promise<void> {
    if (!this.over) await once(this.child, 'exit');
    this.child.stdin?.end();
  }
}

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return connected;
};

const start = async (dataDir: string, wanted: number, users?: string) => {
  const program = java();
  const classPath = join(jars(), '*');
  const port = await freePort(wanted);
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'server.properties');
  const [controllerPort, usersPort] = [await freePort(0), await freePort(0)];
  const ofUsers = users === undefined ? '' : userSettings(readUsers(users), port, usersPort, controllerPort);
  writeFileSync(file, settings(dataDir, port, controllerPort) + ofUsers, { mode: 0o600 });
  if (ofUsers !== '') process.stdout.write(`for users: 127.0.0.1:${usersPort}\n`);
  const logging = [`-Dkafka.logs.dir=${logs}`, `-Dlog4j2.configurationFile=${join(HERE, 'log4j2.properties')}`];
  const jvm = [`-Xmx${HEAP_MB}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...logging, '-cp', classPath];
  if (!existsSync(join(dataDir, 'log', 'meta.properties'))) {
    const id = randomBytes(16).toString('base64url').replace(/^-/, 'A'); // which would be taken for an option
    const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', file];
    execFileSync(program, [...jvm, ...format], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return { broker: new Broker(dataDir, [program, ...jvm, 'kafka.Kafka', file]), port };
};

const HELP = `npm run kafka [-- options]: a real Apache Kafka on this machine, one node, until Ctrl+C. It needs Java 17 or newer and,
the first time, Maven.

  --port N      port of 127.0.0.1, default 9092; 0 takes any free port
  --data PATH   folder of its state, default ./data/kafka
  --users FILE  opens a second port for users, one "name:password" on each line, and lets nobody do anything without an ACL
                but the first of them (SASL/PLAIN; clients of the first port are User:ANONYMOUS)
  --help`;

const argumentsOf = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '9092' },
        data: { type: 'string', default: join(process.env['KONTOR_DATA'] ?? './data', 'kafka') },
        users: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Missing(`${(error as Error).message}\n\n${HELP}`);
  }
};

try {
  const values = argumentsOf();
  if (values.help) {
    console.log(HELP);
    process.exit();
  }
  if (!/^\d{1,5}$/.test(values.port)) throw new Missing(`--port ${values.port} is not a port.`);
  const signal = new Promise<'signal'>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve('signal'));
  });
  const { broker, port } = await start(resolve(values.data), Number(values.port), values.users);
  const up = broker.ready(port).then(() => {
    process.stdout.write(`kafka ${version()} listening on 127.0.0.1:${port}\n`);
    return broker.ended();
  });
  const how = await Promise.race([signal, up]).finally(() => broker.stop());
  if (how !== 'signal') throw new Missing(`The broker has ended; its log: ${broker.logFile}`);
} catch (error) {
  process.stderr.write(`kafka: ${error instanceof Missing ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
process.exit();
