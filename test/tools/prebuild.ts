// Puts this platform's addon into prebuilds/, linked so that it needs nothing but the C library.
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { cmakeJs } from "./cmake_js.js";
import { root } from "./shell.js";

interface ReportHeader {
  header: { glibcVersionRuntime?: string };
}

const musl =
  process.platform === "linux" &&
  (process.report.getReport() as unknown as ReportHeader).header.glibcVersionRuntime === undefined;
const platform = `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;

cmakeJs("--target", "netwright_prebuilt");
const built = ["build/prebuilt/netwright.node", "build/prebuilt/Release/netwright.node"]
  .map((file) => path.join(root, file))
  .find((file) => existsSync(file));
if (!built) throw new Error("the build left no netwright.node in build/prebuilt");
const target = path.join(root, "prebuilds", platform, "netwright.node");
mkdirSync(path.dirname(target), { recursive: true });
copyFileSync(built, target);
console.log(`${path.relative(root, target)}: ${(statSync(target).size / 1e6).toFixed(1)} MB`);
