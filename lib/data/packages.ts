// Packages that only some readers need, loaded by the first that does: an import of netwright does not wait for them.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const csvParse = () => require("csv-parse/sync") as typeof import("csv-parse/sync");
export const progressBars = () => require("cli-progress") as typeof import("cli-progress");

/** The part of seek-bzip that is used; the package has no types. */
interface SeekBzip {
  /** Unpacks a whole file, checking block and stream checksums; throws TypeError for what is not whole bzip2. */
  decode(input: Buffer): Buffer;
}
export const seekBzip = () => require("seek-bzip") as SeekBzip;
