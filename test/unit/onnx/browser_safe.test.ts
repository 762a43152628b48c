// The reader of ONNX metadata runs in browsers: nothing that it imports, at any depth, is Node's or a package's.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const lib = path.join(import.meta.dirname, "../../../lib");

it.each(["onnx/read_info.ts", "onnx/export.ts", "checkpoint/safetensors.ts"])(
  "%s imports files of this package only",
  (entry) => {
    const seen = new Set<string>();
    const foreign: string[] = [];
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, what] of readFileSync(file, "utf8").matchAll(
        /^(?:import|export)\b(?! type)[^;]*?from "([^"]+)"/gm,
      )) {
        if (what!.startsWith(".")) follow(path.join(path.dirname(file), what!.replace(/\.js$/, ".ts")));
        else foreign.push(`${path.relative(lib, file)}: ${what}`);
      }
    };
    follow(path.join(lib, entry));
    expect(foreign).toEqual([]);
    expect(seen.size).toBeGreaterThan(1);
  },
);
