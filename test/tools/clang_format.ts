// Formats the C++ sources with clang-format; with --check only says which differ, and fails.
import { run } from "./shell.js";

const patterns = ["*.cc", "*.h"];
const files = run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns], {
  capture: true,
})
  .output.split("\n")
  .filter((file) => file !== "");
const check = process.argv.includes("--check");
const { code, output } = run("clang-format", check ? ["--dry-run", "-Werror", ...files] : ["-i", ...files], {
  capture: true,
});
process.stdout.write(output);
if (code === 127) console.error("clang-format 14 is needed: install clang-format");
if (code === 0) console.log(`${files.length} C++ files ${check ? "are formatted" : "formatted"}`);
process.exit(code);
