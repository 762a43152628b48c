// Rules of the sources that a compiler and a linter do not know: length, first line, nothing unfinished or foreign.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./shell.js";
import { type Source, sources } from "./sources.js";

const LONGEST = 400;

/** `file:line: text` of every line that matches. */
function hits(files: readonly Source[], pattern: RegExp): string[] {
  return files.flatMap(({ path: file, text }) =>
    text.split("\n").flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}

const code = sources(".ts", ".mts", ".mjs", ".cc", ".h", ".py");
const all = sources(".ts", ".mts", ".mjs", ".cc", ".h", ".py", ".md", ".json", ".yml", ".txt", "/run", ".gyp");
const others = (file: Source) => file.path !== "test/tools/house_rules.test.ts";

describe("house rules", () => {
  test("files are no longer than 400 lines", () => {
    const long = code
      .map(({ path: file, text }) => ({ file, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > LONGEST);
    expect(long).toEqual([]);
  });

  test("every source file starts with a comment that says what it is for", () => {
    const silent = code
      .filter(({ text }) => {
        const lines = text.split("\n");
        const first = lines[0]?.startsWith("#!") ? lines[1] : lines[0];
        return !/^(\/\/ \S|\/\*\* \S|# \S|""")/.test(first ?? "");
      })
      .map(({ path: file }) => file);
    expect(silent).toEqual([]);
  });

  test("nothing is left unfinished, focused or switched off", () => {
    expect(
      hits(code.filter(others), /\b(TODO|FIXME|XXX)\b|\b(test|it|describe)\.(skip|only|todo)\(|\.skipIf\(/),
    ).toEqual([]);
  });

  test("a lint rule is switched off only with a reason", () => {
    expect(
      hits(code.filter(others), /biome-ignore(?! (lint|format|assist)[\w/]*: \w)|@ts-ignore|eslint-disable|NOLINT/),
    ).toEqual([]);
  });

  test("no path of a developer's machine is named", () => {
    expect(hits(all.filter(others), /(?<![\w.])\/(work|root|farm|home\/(?!me\b)\w+)\/|(?<![\w.$}])\/tmp\//)).toEqual(
      [],
    );
  });

  test("the lock file names no registry", () => {
    const lock = readFileSync(path.join(root, "package-lock.json"), "utf8");
    expect(lock.split("\n").filter((line) => line.includes('"resolved"'))).toEqual([]);
  });
});
