// `npm run test:native`: builds the core and its tests without Node under sanitizers, runs all, counts.
import { readdirSync } from "node:fs";
import path from "node:path";
import { jobs, root, run, runOrExit } from "./shell.js";

interface Configuration {
  name: string;
  sanitize: string;
  /** Whose tests run. */
  folders: string[];
  environment: Record<string, string>;
}

const configurations: Configuration[] = [
  {
    name: "asan",
    sanitize: "address,undefined",
    folders: ["native", "fuzz"],
    environment: { ASAN_OPTIONS: "detect_leaks=1:strict_string_checks=1", UBSAN_OPTIONS: "print_stacktrace=1" },
  },
  {
    name: "tsan",
    sanitize: "thread",
    // Fuzzers run on one thread: there is nothing for ThreadSanitizer to see.
    folders: ["native"],
    environment: { TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1" },
  },
];

// BLAS libraries are not instrumented, and the sanitizers are about this project's code: the builtin kernels run.
const options = [
  "-DNETWRIGHT_TESTS=ON",
  "-DNETWRIGHT_WERROR=ON",
  "-DNETWRIGHT_BLAS=none",
  "-DCMAKE_BUILD_TYPE=Sanitize",
  // -O2 takes GCC 12 minutes for the unrolled tiles of one file once every load of them is checked.
  "-DCMAKE_CXX_FLAGS_SANITIZE=-O1 -g1",
];

function testNames(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, "test", folder))
      .filter((file) => /_(test|fuzz)\.cc$/.test(file))
      .map((file) => file.replace(/\.cc$/, ""))
      .sort(),
  );
}

// Kernels that hand out more random addresses than ThreadSanitizer's shadow expects make it refuse to start.
const fixedAddresses = run("setarch", ["-R", "true"], { capture: true }).code === 0 ? ["setarch", "-R"] : [];

let passed = 0;
let failed = 0;
const wanted = process.argv.slice(2);
for (const { name, sanitize, folders, environment } of configurations) {
  const folder = path.join("build", name);
  console.log(`\n${name}: building with -fsanitize=${sanitize}`);
  runOrExit("cmake", ["-S", ".", "-B", folder, `-DNETWRIGHT_SANITIZE=${sanitize}`, ...options], { stdio: "ignore" });
  runOrExit("cmake", ["--build", folder, "--parallel", jobs]);
  for (const test of testNames(folders).filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const started = Date.now();
    const [command = "", ...parameters] = [...fixedAddresses, path.join(root, folder, test)];
    const { code, output } = run(command, parameters, { capture: true, env: { ...process.env, ...environment } });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? "pass" : "FAIL"}  ${name}  ${test}  ${seconds} s`);
    if (code === 0) passed += 1;
    else {
      failed += 1;
      console.log(output);
    }
  }
}
console.log(`\n${passed} native tests passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
