// A journal in Redis that Optuna's JournalRedisBackend reads and writes too: a counter and one key a record.
import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError, DataError, NetwrightError } from "../../errors.js";
import { knownOptions } from "../../runtime/fit_options.js";
import type { JournalBackend, Operation } from "./backend.js";
import { decodeOperation } from "./decode_operation.js";
import { encodeJson } from "./json.js";

export interface RedisJournalOptions {
  /** In front of all keys, so that several users share a server. Default none, as in Optuna. */
  readonly prefix?: string;
  /** Milliseconds for which calls wait for a server that went away, such as over its restart. Default 10,000. */
  readonly patience?: number;
}

/** The part of @redis/client that is used; the package is an optional peer. */
interface Client {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  on(event: "error", listener: (error: unknown) => void): void;
  connect(): Promise<unknown>;
  get(key: string): Promise<unknown>;
  mGet(keys: string[]): Promise<unknown[]>;
  eval(script: string, options: { arguments: string[] }): Promise<unknown>;
  ref(): void;
  unref(): void;
  destroy(): void;
}

/** The counter holds the index of the last record. Nothing between is visible to others, on one server. */
const APPEND = `
local counter = ARGV[1] .. ':log_number'
redis.call('setnx', counter, -1)
if ARGV[2] ~= '' and tonumber(redis.call('get', counter)) + 1 ~= tonumber(ARGV[2]) then return 0 end
for i = 3, #ARGV do
  redis.call('set', string.format('%s:log:%d', ARGV[1], redis.call('incr', counter)), ARGV[i])
end
return 1`;

const KEYS_AT_ONCE = 1000;
/** On a cluster Python writes counter and record one after the other. */
const MISSING_RECORD_MILLISECONDS = 10_000;

/**
 * @param url `redis://user:password@host:port/database`, `rediss://` with TLS
 * Connects at the first call, which throws ArgumentError without the package `@redis/client` and DataError without a server.
 */
export function redisJournal(url: string, options: RedisJournalOptions = {}): JournalBackend {
  knownOptions("redisJournal", options, ["prefix", "patience"]);
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
    throw new ArgumentError('redisJournal: expected an address such as "redis://localhost:6379"');
  return new RedisJournal(url, options.prefix ?? "", options.patience ?? 10_000);
}

class RedisJournal implements JournalBackend {
  readonly location: string;
  private connection: Promise<Client> | undefined;
  private calls = 0;
  private wasConnected = false;
  /** Records that are known to be there. */
  private known = 0;

  constructor(
    private readonly url: string,
    private readonly prefix: string,
    private readonly patience: number,
  ) {
    const address = new URL(url);
    if (address.password !== "") address.password = "***";
    this.location = prefix === "" ? address.href : `${address.href} (${prefix})`;
  }

  async read(from: number): Promise<Operation[]> {
    const texts = await this.call((client) => this.texts(client, from));
    return texts.map((text, i) => {
      const record = from + i;
      return decodeOperation(text, `${this.location}, record ${this.prefix}:log:${record}`, record);
    });
  }

  async append(operations: readonly Operation[], expected?: number): Promise<boolean> {
    const records = operations.map(encodeJson);
    const given = [this.prefix, expected === undefined ? "" : String(expected), ...records];
    let isRepeated = false;
    return this.call(async (client) => {
      // The connection may have broken after the server had done it: then the records are there.
      if (isRepeated && holdsRun(await this.texts(client, this.known), records)) return true;
      isRepeated = true;
      return Number(await client.eval(APPEND, { arguments: given })) === 1;
    });
  }

  async close(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    const client = await connection?.catch(() => undefined);
    if (client?.isOpen) client.destroy();
  }

  private async texts(client: Client, from: number): Promise<string[]> {
    const counter = await client.get(`${this.prefix}:log_number`);
    if (counter === null) return [];
    const last = Number(counter);
    if (!Number.isInteger(last))
      throw new DataError(
        `${this.location}: the key "${this.prefix}:log_number" is no journal's counter; give a prefix`,
      );
    const texts: string[] = [];
    while (from + texts.length <= last) {
      const first = from + texts.length;
      const count = Math.min(KEYS_AT_ONCE, last + 1 - first);
      const keys = Array.from({ length: count }, (_, i) => `${this.prefix}:log:${first + i}`);
      texts.push(...(await this.records(client, keys)));
    }
    this.known = Math.max(this.known, last + 1);
    return texts;
  }

  private async records(client: Client, keys: string[]): Promise<string[]> {
    for (let waited = 0, pause = 10; ; waited += pause, pause *= 2) {
      const texts = await client.mGet(keys);
      const missing = texts.indexOf(null);
      if (missing < 0) return texts.map(String);
      if (waited >= MISSING_RECORD_MILLISECONDS)
        throw new DataError(
          `${this.location}: the record ${keys[missing]} is missing: its writer was killed, or it was deleted; without it the journal cannot be read on`,
        );
      await sleep(pause);
    }
  }

  /** Does it again over a broken connection, as long as patience lasts; a server that never answered is told at once. */
  private async call<T>(task: (client: Client) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.patience;
    for (let pause = 20; ; pause = Math.min(2 * pause, 1000)) {
      let client: Client | undefined;
      try {
        client = await this.connected();
        return await this.keepingAlive(client, task);
      } catch (error) {
        if (error instanceof NetwrightError) throw error;
        const isBroken = !client?.isReady || /^(LOADING|BUSY) /.test((error as Error).message);
        if (!this.wasConnected || !isBroken || performance.now() + pause > deadline) throw this.told(error);
      }
      await sleep(pause);
    }
  }

  /** The process may end while the connection is idle, and not while something is under way. */
  private async keepingAlive<T>(client: Client, task: (client: Client) => Promise<T>): Promise<T> {
    if (this.calls++ === 0) client.ref();
    try {
      return await task(client);
    } finally {
      if (--this.calls === 0 && client.isOpen) client.unref();
    }
  }

  private told(error: unknown): DataError {
    const why = error instanceof AggregateError ? error.errors.map(String).join(", ") : (error as Error).message;
    return new DataError(`${this.location}: ${why}; is the server running and the address right?`, { cause: error });
  }

  /** One connection as long as it lasts; a call after it broke makes a new one. */
  private async connected(): Promise<Client> {
    const client = await this.connection?.catch(() => undefined);
    if (client?.isReady) return client;
    if (client?.isOpen) client.destroy();
    this.connection = this.connect();
    return this.connection;
  }

  private async connect(): Promise<Client> {
    const { createClient } = await redisClient();
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } }) as unknown as Client;
    // Calls tell their errors themselves; without a listener the process would end.
    client.on("error", () => {});
    await client.connect();
    this.wasConnected = true;
    return client;
  }
}

/** True when the records stand somewhere in the texts, next to each other. */
function holdsRun(texts: readonly string[], records: readonly string[]): boolean {
  return texts.some((_, start) => records.every((record, i) => texts[start + i] === record));
}

async function redisClient(): Promise<typeof import("@redis/client")> {
  try {
    return await import("@redis/client");
  } catch (error) {
    throw new ArgumentError("a study in Redis needs its client: npm install @redis/client", { cause: error });
  }
}
