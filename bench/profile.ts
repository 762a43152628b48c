// Runs a script with every trainer profiled: npm run profile -- examples/usps.mts [its arguments]
import { spawnSync } from "node:child_process";

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) {
  console.error("usage: npm run profile -- <script> [arguments], such as npm run profile -- examples/start.ts");
  process.exit(2);
}
const { status } = spawnSync(process.execPath, ["--import", "tsx", script, ...rest], {
  stdio: "inherit",
  env: { ...process.env, NETWRIGHT_PROFILE: "1" },
});
process.exit(status ?? 1);
