// What an import of the built package reads: a few files of its own, and no package that only some of its functions need.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root, run } from "../tools/shell.js";

const entry = path.join(root, "dist", "index.js");

function filesReadBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;]*? ?"([^"]+)";$/gm))
    if (from.startsWith(".")) filesReadBy(path.resolve(path.dirname(file), from), found);
    else if (!from.startsWith("node:")) found.add(from);
  return found;
}

test("an import reads at most five files and no other package", () => {
  const files = [...filesReadBy(entry)];
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThan(6);
  expect(files.filter((file) => !path.isAbsolute(file))).toEqual([]);
});

test("an import loads neither the addon nor any CommonJS package", () => {
  const script = `
    import { createRequire } from "node:module";
    await import(${JSON.stringify(entry)});
    console.log(JSON.stringify(Object.keys(createRequire(${JSON.stringify(entry)}).cache)));`;
  const { code, output } = run(process.execPath, ["--input-type=module", "--eval", script], {
    capture: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toEqual([]);
});
