// Where a study is kept, as a user says it.
import { expect, test } from "vitest";
import { ArgumentError, DataError } from "../../../../lib/errors.js";
import { redisJournal } from "../../../../lib/search/storage/journal_redis.js";
import { memoryJournal } from "../../../../lib/search/storage/memory.js";
import { openBackend } from "../../../../lib/search/storage/open.js";

test.each([
  [undefined, "memory"],
  ["memory", "memory"],
  ["some/where.journal", "some/where.journal"],
  ["redis://localhost:6379", "redis://localhost:6379"],
  ["rediss://me:secret@example.org/2", "rediss://me:***@example.org/2"],
])("%s", (location, name) => {
  expect(openBackend(location).location).toBe(name);
});

test("a backend stays itself", () => {
  const backend = memoryJournal();
  expect(openBackend(backend)).toBe(backend);
});

test.each([[""], [3], [null], [{}]])("%o is refused", (location) => {
  expect(() => openBackend(location as never)).toThrow(ArgumentError);
});

test("no server and no address are told, without the password", async () => {
  const nobody = redisJournal("redis://me:secret@127.0.0.1:1/0", { prefix: "p" });
  const error = await nobody.read(0).catch((error) => error);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toMatch(/redis:\/\/me:\*\*\*@127\.0\.0\.1:1\/0 \(p\): .*ECONNREFUSED.*is the server running/);
  expect(error.message).not.toContain("secret");
  await nobody.close();
  expect(() => redisJournal("localhost")).toThrow(ArgumentError);
  expect(() => redisJournal("redis://localhost", { prefixes: "p" } as never)).toThrow(ArgumentError);
});
