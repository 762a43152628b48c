// Where a study is kept, as a user writes it: in memory, a file's path, a Redis address.
import { ArgumentError } from "../../errors.js";
import { valueText } from "../../options.js";
import type { JournalBackend } from "./backend.js";
import { fileJournal } from "./journal_file.js";
import { redisJournal } from "./journal_redis.js";
import { memoryJournal } from "./memory.js";

/** `"memory"` (the default), `"redis://host:port"` or `"rediss://..."`, else the path of a file; or a backend of one's own. */
export type JournalLocation = string | JournalBackend | undefined;

/** Throws ArgumentError for what is no location; opens nothing yet. */
export function openBackend(location: JournalLocation): JournalBackend {
  if (location === undefined || location === "memory") return memoryJournal();
  if (typeof location === "string" && location !== "")
    return /^rediss?:\/\//.test(location) ? redisJournal(location) : fileJournal(location);
  if (typeof location === "object" && typeof location?.append === "function") return location;
  throw new ArgumentError(
    `a study is kept in "memory", in a file (its path) or in Redis ("redis://host:6379"), got ${valueText(location)}`,
  );
}
