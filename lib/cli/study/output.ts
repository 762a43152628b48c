// Writes what `netwright study` makes into a file.
import { writeFile } from "node:fs/promises";
import { DataError } from "../../errors.js";

/** Throws DataError that names the file. */
export async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(
      `${file} cannot be written (${error.code === "ENOENT" ? "its folder is not there" : error.code}); give another file with -o`,
      { cause: error },
    );
  });
}
