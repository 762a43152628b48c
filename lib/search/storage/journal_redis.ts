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
  knownOptions("redisJournal", options, ["prefix"]);
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
    throw new ArgumentError('redisJournal: expected an address such as "redis://localhost:6379"');
  return new RedisJournal(url, options.prefix ?? "");
}

class RedisJournal implements JournalBackend {
  readonly location: string;
  private connection: Promise<Client> | undefined;
  private calls = 0;

  constructor(
    private readonly url: string,
    private readonly prefix: string,
  ) {
    const address = new URL(url);
    if (address.password !== "") address.password = "***";
    this.location = prefix === "" ? address.href : `${address.href} (${prefix})`;
  }

  async read(from: number): Promise<Operation[]> {
    return this.call(async (client) => {
      const counter = await client.get(`${this.prefix}:log_number`);
      if (counter === null) return [];
      const last = Number(counter);
      if (!Number.isInteger(last))
        throw new DataError(
          `${this.location}: the key "${this.prefix}:log_number" is no journal's counter; give a prefix`,
        );
      const operations: Operation[] = [];
      for (let index = from; index <= last; index += KEYS_AT_ONCE) {
        const indices = Array.from({ length: Math.min(KEYS_AT_ONCE, last + 1 - index) }, (_, i) => index + i);
        for (const [i, text] of (await this.records(client, indices)).entries()) {
          const record = indices[i] as number;
          operations.push(decodeOperation(text, `${this.location}, record ${this.prefix}:log:${record}`, record));
        }
      }
      return operations;
    });
  }

  async append(operations: readonly Operation[], expected?: number): Promise<boolean> {
    const records = operations.map(encodeJson);
    return this.call(async (client) => {
      const given = [this.prefix, expected === undefined ? "" : String(expected), ...records];
      return Number(await client.eval(APPEND, { arguments: given })) === 1;
    });
  }

  async close(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    const client = await connection?.catch(() => undefined);
    if (client?.isOpen) client.destroy();
  }

  private async records(client: Client, indices: readonly number[]): Promise<string[]> {
    const keys = indices.map((index) => `${this.prefix}:log:${index}`);
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

  /** The process may end while the connection is idle, and not while something is under way. */
  private async call<T>(task: (client: Client) => Promise<T>): Promise<T> {
    try {
      const client = await this.connected();
      if (this.calls++ === 0) client.ref();
      try {
        return await task(client);
      } finally {
        if (--this.calls === 0 && client.isOpen) client.unref();
      }
    } catch (error) {
      if (error instanceof NetwrightError) throw error;
      const why = error instanceof AggregateError ? error.errors.map(String).join(", ") : (error as Error).message;
      throw new DataError(`${this.location}: ${why}; is the server running and the address right?`, { cause: error });
    }
  }

  /** One connection as long as it lasts; a call after it broke makes a new one. */
  private async connected(): Promise<Client> {
    const client = await this.connection?.catch(() => undefined);
    if (client?.isReady) return client;
    if (client?.isOpen) client.destroy();
    this.calls = 0;
    this.connection = this.connect();
    return this.connection;
  }

  private async connect(): Promise<Client> {
    const { createClient } = await redisClient();
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } }) as unknown as Client;
    // Calls tell their errors themselves; without a listener the process would end.
    client.on("error", () => {});
    await client.connect();
    return client;
  }
}

async function redisClient(): Promise<typeof import("@redis/client")> {
  try {
    return await import("@redis/client");
  } catch (error) {
    throw new ArgumentError("a study in Redis needs its client: npm install @redis/client", { cause: error });
  }
}
