export interface EmbeddedPostgresOptions {
  /** Folder of all of Kontor's state (`KONTOR_DATA`): the database lies in `postgres`, the passwords in `secrets.json`. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Default: the one used last time if it is free, otherwise any free one. */
  readonly port?: number;
}

export interface EmbeddedPostgres {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly biUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Ends sessions and shuts down in order. */
  stop(): Promise<void>;
  /** Ends it as a crash would: for tests of recovery. */
  kill(): Promise<void>;
  /** Calls back once when the server is gone, however that came about; at once if it is gone already. */
  onExit(listener: (reason: string) => void): void;
}

/** Starts a PostgreSQL of its own on 127.0.0.1, with the database and the roles of Kontor in it. */
export const startEmbeddedPostgres = (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  throw new Error(`Not there yet: ${options.dataDir}`);
};
