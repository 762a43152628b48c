// Finds the files of published data sets: in NETWRIGHT_DATA, in the cache folder, or at their canonical address.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { DataError } from "../errors.js";
import { download } from "./download.js";
import { type NamedBytes, unpack } from "./files.js";

export interface PublishedFile {
  /** Folder of the set, `usps`. */
  readonly set: string;
  readonly name: string;
  /** Canonical address; absent for files that are derived from others. */
  readonly url?: string;
  /** Of the file as it is published, or of what it unpacks to, where wrappers differ from copy to copy. */
  readonly checksum: { readonly of: "file" | "content"; readonly algorithm: "sha256" | "md5"; readonly value: string };
}

/** What decides where files are looked for; tests replace parts of it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly fetch: typeof fetch;
}

/** Those of this process. */
export function surroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir(), fetch };
}

/** Folder of downloaded files: that of the platform for data which can be fetched again. */
export function cacheFolder({ env, platform, home }: Surroundings): string {
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, "netwright");
  if (platform === "darwin") return path.join(home, "Library", "Caches", "netwright");
  if (platform === "win32")
    return path.join(env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"), "netwright", "Cache");
  return path.join(home, ".cache", "netwright");
}

/**
 * The unpacked contents of the first of several groups of files that is there as a whole.
 * Files found are checked too. Throws DataError that says which file to put where when there is no way to get any.
 */
export async function obtain(
  groups: readonly (readonly PublishedFile[])[],
  around: Surroundings = surroundings(),
): Promise<NamedBytes[]> {
  const folders = [...(around.env.NETWRIGHT_DATA ? [around.env.NETWRIGHT_DATA] : []), cacheFolder(around)];
  for (const folder of folders)
    for (const group of groups) {
      const found = await Promise.all(group.map((file) => readIfThere(path.join(folder, file.set, file.name))));
      if (found.every((file) => file !== undefined))
        return found.map((file, i) =>
          checked(file, group[i] as PublishedFile, "replace it with the published file, or delete it"),
        );
    }
  const source = groups.find((group) => group.every((file) => file.url !== undefined));
  if (source === undefined)
    throw new DataError(
      `the files are not there and have no address to download them from; put ${whereToPut(groups, around)}`,
    );
  const contents: NamedBytes[] = [];
  for (const file of source) contents.push(await fetched(file, groups, around));
  return contents;
}

async function readIfThere(name: string): Promise<NamedBytes | undefined> {
  try {
    return { name, bytes: await readFile(name) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new DataError(`${name}: cannot be read (${(error as Error).message}); check its permissions`, {
      cause: error,
    });
  }
}

function checked(file: NamedBytes, published: PublishedFile, remedy: string): NamedBytes {
  const { of, algorithm, value } = published.checksum;
  const verify = (bytes: Uint8Array): void => {
    const found = createHash(algorithm).update(bytes).digest("hex");
    if (found !== value)
      throw new DataError(
        `${file.name}: expected the published ${published.name} (${algorithm} of the ${of} ${value}), found another (${found}); ${remedy}`,
      );
  };
  if (of === "file") verify(file.bytes);
  const content = unpack(file);
  if (of === "content") verify(content.bytes);
  return content;
}

async function fetched(
  file: PublishedFile,
  groups: readonly (readonly PublishedFile[])[],
  around: Surroundings,
): Promise<NamedBytes> {
  const url = file.url as string;
  let bytes: Uint8Array;
  try {
    bytes = await download(url, around.fetch);
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new DataError(`cannot download ${url} (${reason}); without network, put ${whereToPut(groups, around)}`, {
      cause: error,
    });
  }
  const content = checked({ name: url, bytes }, file, "the address may have changed; try again later");
  await keep(path.join(cacheFolder(around), file.set, file.name), bytes);
  return { name: file.name, bytes: content.bytes };
}

/** Written beside its place and moved there, so that a file with its final name is always whole. */
async function keep(place: string, bytes: Uint8Array): Promise<void> {
  const part = `${place}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(part, bytes);
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    process.emitWarning(
      `${place} cannot be written (${(error as Error).message}); it will be downloaded again next time`,
    );
  }
}

function whereToPut(groups: readonly (readonly PublishedFile[])[], around: Surroundings): string {
  const files = groups.map((group) => group.map((file) => file.name).join(" and ")).join(", or else ");
  const set = groups[0]?.[0]?.set ?? "";
  const { NETWRIGHT_DATA } = around.env;
  const other = NETWRIGHT_DATA
    ? path.join(NETWRIGHT_DATA, set)
    : `the folder ${set} of a folder that the environment variable NETWRIGHT_DATA names`;
  return `${files} into ${path.join(cacheFolder(around), set)} or ${other}`;
}
