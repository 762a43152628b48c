// Builds what is stale: the addon by cmake-js, dist/ by esbuild and tsc. Quiet and quick when nothing changed.
import { chmodSync, existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { cmakeJs } from "./cmake_js.js";
import { packageScript, root, runOrExit } from "./shell.js";

/** The newest change in milliseconds below a file or folder that exists; 0 for one that does not. */
function newest(file: string): number {
  if (!existsSync(file)) return 0;
  const status = statSync(file);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

function isStale(product: string, sources: readonly string[]): boolean {
  const made = newest(path.join(root, product));
  return made === 0 || sources.some((source) => newest(path.join(root, source)) > made);
}

function step<T>(what: string, work: () => T): T {
  const started = Date.now();
  const result = work();
  console.log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

function buildNative(): void {
  const sources = ["native", "CMakeLists.txt", "package.json", "node_modules/node-addon-api/package.json"];
  if (!isStale("build/Release/netwright.node", sources)) return;
  step("built the native addon", () => cmakeJs("--target", "netwright"));
  // A change that alters no object leaves the file as it was: without this it would look stale for ever.
  const now = new Date();
  utimesSync(path.join(root, "build/Release/netwright.node"), now, now);
}

function buildDist(): void {
  if (!isStale("dist/index.js", ["lib", "tsconfig.json", "tsconfig.build.json", "package.json", "test/tools/build.ts"]))
    return;
  step("compiled TypeScript to dist/", () => {
    rmSync(path.join(root, "dist"), { recursive: true, force: true });
    runOrExit(...packageScript("typescript/bin/tsc", ["-p", "tsconfig.build.json"])); // checks, writes the types
    // Few files: Node takes half a millisecond for every module, and there are more than a hundred.
    buildSync({
      absWorkingDir: root,
      entryPoints: ["lib/index.ts", "lib/onnx/read_info.ts", "lib/search/conformance.ts", "lib/cli/main.ts"],
      outdir: "dist",
      chunkNames: "shared/[name]-[hash]",
      bundle: true,
      splitting: true,
      packages: "external",
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "warning",
    });
    chmodSync(path.join(root, "dist/cli/main.js"), 0o755); // npm sets it at installation only
  });
}

const parts = process.argv.slice(2);
if (parts.length === 0 || parts.includes("native")) buildNative();
if (parts.length === 0 || parts.includes("dist")) buildDist();
