// Published files are found, checked, downloaded, kept, and asked for in words when they cannot be had.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cacheFolder, obtain, type PublishedFile, type Surroundings } from "../../../lib/data/published.js";
import { houses } from "../../../lib/data/houses.js";
import { usps } from "../../../lib/data/usps.js";
import { ArgumentError, DataError } from "../../../lib/errors.js";

const CONTENT = Buffer.from("published content");
const sha256 = createHash("sha256").update(CONTENT).digest("hex");
const FILE: PublishedFile = {
  set: "small",
  name: "small.txt",
  url: "https://example.org/small.txt",
  checksum: { of: "file", algorithm: "sha256", value: sha256 },
};
const PACKED: PublishedFile = {
  set: "small",
  name: "small.gz",
  checksum: { of: "content", algorithm: "sha256", value: sha256 },
};

let folder: string;
const noNetwork = (async () => {
  throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND example.org") });
}) as typeof fetch;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "netwright-published-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const around = (get: typeof fetch = noNetwork, data?: string): Surroundings => ({
  env: { XDG_CACHE_HOME: path.join(folder, "cache"), NETWRIGHT_DATA: data },
  platform: "linux",
  home: folder,
  fetch: get,
});
const cached = (): string => path.join(folder, "cache", "netwright", "small");
const text = (files: readonly { readonly bytes: Uint8Array }[]): string[] =>
  files.map(({ bytes }) => Buffer.from(bytes).toString());

async function put(place: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, name), bytes);
}

describe("places", () => {
  test("NETWRIGHT_DATA comes before the cache folder", async () => {
    const data = path.join(folder, "data");
    await put(path.join(data, "small"), "small.txt", CONTENT);
    await put(cached(), "small.txt", Buffer.from("old"));
    expect(text(await obtain([[FILE]], around(noNetwork, data)))).toEqual(["published content"]);
  });

  test("a set that is not in NETWRIGHT_DATA is looked for in the cache folder", async () => {
    await put(cached(), "small.txt", CONTENT);
    expect(text(await obtain([[FILE]], around(noNetwork, path.join(folder, "empty"))))).toEqual(["published content"]);
  });

  test("a group counts only as a whole; another way of packing is as good", async () => {
    await put(cached(), "small.gz", gzipSync(CONTENT, { level: 1 }));
    expect(text(await obtain([[FILE, FILE], [PACKED]], around()))).toEqual(["published content"]);
  });

  test("the cache folder is the platform's", () => {
    const of = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
      cacheFolder({ env, platform, home: "/home/me", fetch: noNetwork });
    expect(of("linux")).toBe("/home/me/.cache/netwright");
    expect(of("darwin")).toBe("/home/me/Library/Caches/netwright");
    expect(of("linux", { XDG_CACHE_HOME: "/x" })).toBe("/x/netwright");
    expect(of("win32", { LOCALAPPDATA: "/l" })).toBe(path.join("/l", "netwright", "Cache"));
  });
});

describe("downloads", () => {
  test("are checked, kept and not repeated", async () => {
    const get = vi.fn(async () => new Response(CONTENT));
    expect(text(await obtain([[FILE]], around(get)))).toEqual(["published content"]);
    expect(await readdir(cached())).toEqual(["small.txt"]);
    expect(await readFile(path.join(cached(), "small.txt"))).toEqual(CONTENT);
    expect(text(await obtain([[FILE]], around(get)))).toEqual(["published content"]);
    expect(get).toHaveBeenCalledTimes(1);
  });

  test("of other content are refused and not kept", async () => {
    const read = obtain(
      [[FILE]],
      around(async () => new Response("another page")),
    );
    await expect(read).rejects.toThrow(/expected the published small.txt \(sha256 of the file .*found another/);
    await expect(readdir(cached())).rejects.toThrow(/ENOENT/);
  });

  test("that fail say which file to put where", async () => {
    const read = obtain([[FILE], [PACKED]], around());
    await expect(read).rejects.toThrow(DataError);
    await expect(read).rejects.toThrow(
      `cannot download https://example.org/small.txt (fetch failed: getaddrinfo ENOTFOUND example.org); without network, ` +
        `put small.txt, or else small.gz into ${cached()} or the folder small of a folder that the environment variable NETWRIGHT_DATA names`,
    );
    await expect(
      obtain(
        [[FILE]],
        around(async () => new Response("gone", { status: 404 })),
      ),
    ).rejects.toThrow(/HTTP status 404/);
  });

  test("a folder that cannot be written to costs a warning, not the data", async () => {
    await writeFile(path.join(folder, "cache"), "in the way");
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(
      text(
        await obtain(
          [[FILE]],
          around(async () => new Response(CONTENT)),
        ),
      ),
    ).toEqual(["published content"]);
    expect(String(warned.mock.calls[0]?.[0])).toMatch(/cannot be written.*downloaded again next time/);
  });

  test("a set without address says where its files go", async () => {
    await expect(obtain([[PACKED]], around())).rejects.toThrow(
      /have no address to download them from; put small\.gz into/,
    );
  });
});

describe("files that are there but wrong", () => {
  test("another content, and an empty file", async () => {
    await put(cached(), "small.txt", Buffer.from("tampered"));
    await expect(obtain([[FILE]], around())).rejects.toThrow(/small.txt: expected the published small.txt.*replace it/);
    await put(cached(), "small.txt", Buffer.alloc(0));
    await expect(obtain([[FILE]], around())).rejects.toThrow(DataError);
  });
});

describe("data sets without files", () => {
  test("usps names its published files and what serves instead", async () => {
    await expect(usps({}, around())).rejects.toThrow(
      /cannot download https:\/\/www\.csie\.ntu\.edu\.tw\/.*\/usps\.bz2 .*put usps-train-images-idx3-ubyte\.gz and usps-train-labels-idx1-ubyte\.gz, or else usps\.bz2 into/,
    );
    await expect(usps({ pixels: "esl" }, around())).rejects.toThrow(
      /ElemStatLearn\/datasets\/zip\.train\.gz.*put zip\.train\.gz into/,
    );
  });

  test("houses too", async () => {
    await expect(houses({}, around())).rejects.toThrow(/put house_prices\.csv into .*houses/);
  });

  test("usps refuses wrong options before it looks for files", async () => {
    await expect(usps({ validation: 7291 }, around())).rejects.toThrow(/validation must be between 0 and 7291/);
    await expect(usps({ validation: 0 }, around())).rejects.toThrow(ArgumentError);
    await expect(usps({ pixels: "mnist" as "esl" }, around())).rejects.toThrow(/pixels must be "libsvm" or "esl"/);
  });
});
