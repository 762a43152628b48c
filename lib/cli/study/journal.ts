// Opens what `netwright study` looks at: a journal that is there, for reading only, and one study in it.
import { stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../errors.js";
import type { StudyRecord } from "../../search/record.js";
import type { JournalBackend } from "../../search/storage/backend.js";
import { openJournal } from "../../search/storage/journal.js";
import { fileJournal } from "../../search/storage/journal_file.js";
import { redisJournal } from "../../search/storage/journal_redis.js";
import { UsageError } from "../command.js";

/** Options of every action. */
export const journalOptions = { study: { type: "string" }, prefix: { type: "string" } } as const;

export const JOURNAL = "the journal (a file or redis://...)";

interface Given {
  readonly study?: string | undefined;
  readonly prefix?: string | undefined;
}

/** All studies by name. Throws DataError when there is no such journal. */
export async function readStudies(location: string, { prefix }: Given): Promise<StudyRecord[]> {
  const backend = await existing(location, prefix);
  try {
    const journal = await openJournal(backend);
    return journal.studyNames().map((name) => journal.study(name) as StudyRecord);
  } finally {
    await backend.close();
  }
}

/** The study that was asked for, or the only one. Throws DataError, with the names that there are. */
export async function readStudy(location: string, given: Given): Promise<StudyRecord> {
  const studies = await readStudies(location, given);
  const names = studies.map(({ name }) => name).join(", ");
  if (studies.length === 0) throw new DataError(`${location} holds no study`);
  if (given.study === undefined) {
    if (studies.length > 1) throw new DataError(`${location} holds several studies; choose with --study: ${names}`);
    return studies[0] as StudyRecord;
  }
  const found = studies.find(({ name }) => name === given.study);
  if (found === undefined) throw new DataError(`${location} holds no study "${given.study}"; it holds ${names}`);
  return found;
}

/** Refuses to write over the journal itself. */
export function checkOutput(output: string, journal: string): void {
  if (path.resolve(output) === path.resolve(journal))
    throw new UsageError(`-o ${output} is the journal; give another file`);
}

async function existing(location: string, prefix: string | undefined): Promise<JournalBackend> {
  if (/^rediss?:\/\//.test(location)) return readOnly(redisJournal(location, prefix === undefined ? {} : { prefix }));
  if (prefix !== undefined) throw new UsageError("--prefix is for Redis; a file has none");
  const found = await stat(location).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(
      `${location} cannot be read (${error.code === "ENOENT" ? "there is no such file" : error.code}); give the file that the study was created with`,
    );
  });
  if (!found.isFile()) throw new DataError(`${location} is no file; give the file that the study was created with`);
  return readOnly(fileJournal(location));
}

function readOnly(backend: JournalBackend): JournalBackend {
  return {
    location: backend.location,
    read: (from) => backend.read(from),
    append: async () => {
      throw new Error(`${backend.location} is open for reading only`);
    },
    close: () => backend.close(),
  };
}
