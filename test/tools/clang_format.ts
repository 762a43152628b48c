// Formats the C++ sources with clang-format 14; with --check only says which differ, and fails.
import { run } from "./shell.js";

// Other versions break some lines differently, so that the check would depend on the machine.
const VERSION = 14;

function findClangFormat(): string {
  for (const name of [`clang-format-${VERSION}`, "clang-format"])
    if (run(name, ["--version"], { capture: true }).output.includes(`version ${VERSION}.`)) return name;
  console.error(`clang-format ${VERSION} is needed: apt-get install clang-format-${VERSION}`);
  process.exit(1);
}

const listed = run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.cc", "*.h"], {
  capture: true,
});
const files = listed.output.split("\n").filter((file) => file !== "");
const check = process.argv.includes("--check");
const { code, output } = run(findClangFormat(), [...(check ? ["--dry-run", "-Werror"] : ["-i"]), ...files], {
  capture: true,
});
process.stdout.write(output);
if (code === 0) console.log(`${files.length} C++ files ${check ? "are formatted" : "formatted"}`);
process.exit(code);
