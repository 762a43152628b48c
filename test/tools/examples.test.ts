// Every TypeScript block in a README and in a doc comment compiles against the package.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as netwright from "netwright";
import { packageScript, root, run } from "./shell.js";
import { sources } from "./sources.js";

interface Block {
  /** Where it stands, for messages. */
  readonly origin: string;
  readonly code: string;
}

/** Blocks fenced as `ts`; a block fenced as `ts fragment` shows syntax and is not a program. */
function blocks(file: string, text: string): Block[] {
  return [...text.matchAll(/^```ts[ ]*\n([\s\S]*?)^```/gm)].map((match) => ({
    origin: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: match[1] as string,
  }));
}

/** What follows `@example` in doc comments, to the next tag or the end of the comment. */
function docExamples(file: string, text: string): Block[] {
  return [...text.matchAll(/^[ \t]*\* @example[^\n]*\n([\s\S]*?)(?=^[ \t]*\* @|\*\/)/gm)].map((match) => ({
    origin: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: (match[1] as string)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, ""))
      .filter((line) => !line.startsWith("```"))
      .join("\n"),
  }));
}

/** A module: an example that imports nothing gets the public names that it uses. */
function asModule({ origin, code }: Block): string {
  if (/^import\b/m.test(code)) return `// ${origin}\n${code}`;
  const used = Object.keys(netwright).filter((name) => new RegExp(`(?<![.\\w])${name}\\b`).test(code));
  return `// ${origin}\nimport { ${used.join(", ")} } from "netwright";\n${code}\nexport {};\n`;
}

test("README and doc comment examples compile", { timeout: 120_000 }, () => {
  const found = [
    ...sources("README.md").flatMap(({ path: file, text }) => blocks(file, text)),
    ...sources(".ts")
      .filter(({ path: file }) => file.startsWith("lib/"))
      .flatMap(({ path: file, text }) => docExamples(file, text)),
  ];
  expect(found.length).toBeGreaterThan(1);

  const folder = path.join(root, "build", "examples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  found.forEach((block, i) => {
    writeFileSync(path.join(folder, `example_${i}.mts`), asModule(block));
  });
  const configuration = {
    extends: "../../tsconfig.json",
    compilerOptions: { paths: { netwright: ["../../lib/index.ts"] }, noUnusedLocals: false },
    include: ["*.mts", "../../lib/**/*.d.ts"],
    exclude: [],
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(configuration));

  const { output } = run(...packageScript("typescript/bin/tsc", ["-p", folder, "--pretty", "false"]), {
    capture: true,
  });
  const wrong = output
    .split("\n")
    .filter((line) => line.includes("error"))
    .map((line) => line.replace(/\S*example_(\d+)\.mts/, (_, i) => found[Number(i)]?.origin ?? ""));
  expect(wrong).toEqual([]);
});

test("the README's scripts are the ones in examples/", () => {
  const [readme] = sources("README.md").filter(({ path: file }) => file === "README.md");
  const scripts = blocks("README.md", readme?.text ?? "").map(({ code }) => code);
  for (const [i, file] of ["examples/usps.mts", "examples/csv.mts"].entries()) {
    const [, ...lines] = readFileSync(path.join(root, file), "utf8").split("\n");
    expect(scripts[i], file).toBe(lines.join("\n"));
  }
});
