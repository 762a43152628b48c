// The published package: packed, installed without scripts in an empty folder, run with neither compiler nor BLAS in reach.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageScript, root, run } from "../tools/shell.js";

const folder = mkdtempSync(path.join(tmpdir(), "netwright-package-"));
const installed = path.join(folder, "node_modules", "netwright");
const bin = path.join(folder, "only-node");

/** Runs Node in the folder with nothing but Node on the path. */
function node(...parameters: string[]) {
  const { LD_LIBRARY_PATH: _, NETWRIGHT_ISA: __, NETWRIGHT_BLAS: ___, ...rest } = process.env;
  return run(path.join(bin, "node"), parameters, { cwd: folder, capture: true, env: { ...rest, PATH: bin } });
}

/** Runs npm; a failure shows what it printed. */
function npm(cwd: string, ...parameters: string[]): string {
  const { code, output } = run("npm", parameters, { cwd, capture: true, shell: process.platform === "win32" });
  if (code !== 0) throw new Error(`npm ${parameters.join(" ")} failed:\n${output}`);
  return output;
}

beforeAll(() => {
  npm(root, "run", "prebuild");
  npm(root, "pack", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz")) as string;
  npm(folder, "init", "-y");
  npm(folder, "install", "--ignore-scripts", "--prefer-offline", "--no-audit", `./${tarball}`);
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, "node"));
}, 400_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball holds the binary of this platform and nothing that would compile", () => {
  const platforms = readdirSync(path.join(installed, "prebuilds"));
  expect(platforms.some((name) => name.startsWith(`${process.platform}-${process.arch}`))).toBe(true);
  for (const file of ["binding.gyp", "CMakeLists.txt", "native", "lib", "test", "node_modules"])
    expect(existsSync(path.join(installed, file)), file).toBe(false);
  const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  expect(Object.keys(manifest.scripts)).not.toEqual(expect.arrayContaining(["install"]));
});

test("the digits script trains, exports, saves and predicts from the installed package", () => {
  const script = readFileSync(path.join(root, "examples", "digits.mjs"), "utf8");
  writeFileSync(path.join(folder, "digits.mjs"), script);
  const { code, output } = node("digits.mjs");
  expect(code, output).toBe(0);
  expect(Number(/test accuracy ([\d.]+)/.exec(output)?.[1])).toBeGreaterThan(0.9);
  for (const file of ["digits.safetensors", "digits.onnx"])
    expect(existsSync(path.join(folder, file)), file).toBe(true);
});

test("the binary loads no BLAS and no compiler's library", () => {
  const script = `
    import { info } from "netwright";
    info();
    const objects = process.report.getReport().sharedObjects;
    console.log(JSON.stringify(objects.slice(objects.findIndex((file) => file.endsWith("netwright.node")))));`;
  writeFileSync(path.join(folder, "objects.mjs"), script);
  const { code, output } = node("objects.mjs");
  expect(code, output).toBe(0);
  const objects: string[] = JSON.parse(output);
  expect(objects[0]).toContain("prebuilds");
  expect(objects.filter((file) => /blas|blis|mkl|gfortran|gomp/i.test(file))).toEqual([]);
});

test("the README's first script runs as a .mts file", () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const script = /^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? "";
  expect(script).toContain("datasets.usps(");
  // The real digits need a download; the built-in ones have the same shape.
  const shorter = script.replace("datasets.usps(", "datasets.digits(").replace("epochs: 50", "epochs: 1");
  writeFileSync(path.join(folder, "usps.mts"), shorter);
  const [, parameters] = packageScript("tsx/dist/cli.mjs", ["usps.mts"]);
  const { code, output } = node(...parameters);
  expect(code, output).toBe(0);
  expect(output).toContain("validation");
  expect(existsSync(path.join(folder, "usps.onnx"))).toBe(true);
});

test("the command line works from the package", () => {
  const command = path.join("node_modules", "netwright", "dist", "cli", "main.js");
  expect(node(command, "info").output).toMatch(/instruction set +\w+/);
  const { code, output } = node(command, "verify", "missing.onnx");
  expect(code).toBe(1);
  expect(output).toContain("missing.onnx cannot be read");
});
