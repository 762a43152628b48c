// The project's own source files, for the checks that read them all.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./shell.js";

export interface Source {
  /** From the top folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const folders = ["lib", "native", "test", "examples", "bench", ".ci", ".github"];

/** Every file below the source folders and at the top whose name ends with one of `endings`. */
export function sources(...endings: string[]): Source[] {
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  const below = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/")),
  );
  return [...top, ...below]
    .filter((file) => endings.some((ending) => file.endsWith(ending)) && !file.includes("__pycache__"))
    .sort()
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), "utf8") }));
}
