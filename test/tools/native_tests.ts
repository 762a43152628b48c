// `npm run test:native`: builds the core and its tests without Node under sanitizers and for arm64, runs all, counts.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { jobs, root, run, runOrExit } from "./shell.js";

interface Configuration {
  name: string;
  what: string;
  /** Options for CMake. */
  build: string[];
  /** Whose tests run. */
  folders: string[];
  /** What stands before a test's path in its command. */
  runner: string[];
  environment: Record<string, string>;
  /** Programs without which the configuration cannot run, and the packages that bring them. */
  needs?: { programs: string[]; packages: string };
}

// Kernels that hand out more random addresses than ThreadSanitizer's shadow expects make it refuse to start.
const fixedAddresses = run("setarch", ["-R", "true"], { capture: true }).code === 0 ? ["setarch", "-R"] : [];

function sanitized(sanitize: string): string[] {
  return [
    `-DNETWRIGHT_SANITIZE=${sanitize}`,
    "-DCMAKE_BUILD_TYPE=Sanitize",
    // -O2 takes GCC 12 minutes for the unrolled tiles of one file once every load of them is checked.
    "-DCMAKE_CXX_FLAGS_SANITIZE=-O1 -g1",
  ];
}

const configurations: Configuration[] = [
  {
    name: "asan",
    what: "with -fsanitize=address,undefined",
    build: sanitized("address,undefined"),
    folders: ["native", "fuzz"],
    runner: fixedAddresses,
    environment: { ASAN_OPTIONS: "detect_leaks=1:strict_string_checks=1", UBSAN_OPTIONS: "print_stacktrace=1" },
  },
  {
    name: "tsan",
    what: "with -fsanitize=thread",
    build: sanitized("thread"),
    // Fuzzers run on one thread: there is nothing for ThreadSanitizer to see.
    folders: ["native"],
    runner: fixedAddresses,
    environment: { TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1" },
  },
  {
    name: "neon",
    what: "for arm64, run by an emulator",
    build: [
      "-DCMAKE_SYSTEM_NAME=Linux",
      "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
      "-DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++",
      // Static, so that the emulator needs no folder with arm64 libraries.
      "-DCMAKE_EXE_LINKER_FLAGS=-static",
      "-DCMAKE_BUILD_TYPE=Emulated",
      "-DCMAKE_CXX_FLAGS_EMULATED=-O1",
    ],
    // What fuzzers try does not depend on the processor.
    folders: ["native"],
    runner: ["qemu-aarch64"],
    // Refused where that instruction set was not found.
    environment: { NETWRIGHT_ISA: "neon" },
    needs: { programs: ["aarch64-linux-gnu-g++", "qemu-aarch64"], packages: "g++-aarch64-linux-gnu and qemu-user" },
  },
];

// BLAS libraries are not instrumented, and these tests are about this project's code: the builtin kernels run.
const options = ["-DNETWRIGHT_TESTS=ON", "-DNETWRIGHT_WERROR=ON", "-DNETWRIGHT_BLAS=none"];

function testNames(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, "test", folder))
      .filter((file) => /_(test|fuzz)\.cc$/.test(file))
      .map((file) => file.replace(/\.cc$/, ""))
      .sort(),
  );
}

const isHere = (program: string) => run(program, ["--version"], { capture: true }).code === 0;

// Arguments name configurations or tests; without any of a kind all of it runs.
const words = process.argv.slice(2);
const named = configurations.filter(({ name }) => words.includes(name));
const tests = words.filter((word) => !configurations.some(({ name }) => name === word));
const unknown = tests.filter((test) => !testNames(["native", "fuzz"]).includes(test));
if (unknown.length > 0) {
  console.error(`neither a configuration nor a test: ${unknown.join(", ")}`);
  process.exit(2);
}

/** Begun first, so that no core is idle while the last of them ends. */
const longest = ["kernels_test", "bf16_test", "optimizer_ops_test", "flat_ops_test"];

// Far more than any test needs on a busy machine: threads that wait for each other for ever end as a failure.
const longestTestMs = 10 * 60 * 1000;

let passed = 0;
let failed = 0;
const notRun: string[] = [];
for (const { name, what, build, folders, runner, environment, needs } of named.length > 0 ? named : configurations) {
  const missing = needs?.programs.filter((program) => !isHere(program)) ?? [];
  if (missing.length > 0) {
    const reason = `${name} needs ${missing.join(" and ")} (packages ${needs?.packages})`;
    // Asked for by name it must run; among all it may be left out, with a word about it at the end.
    if (named.length > 0) failed += 1;
    notRun.push(reason);
    continue;
  }
  const folder = path.join("build", name);
  console.log(`\n${name}: building ${what}`);
  const started = Date.now();
  runOrExit("cmake", ["-S", ".", "-B", folder, ...build, ...options], { stdio: "ignore" });
  runOrExit("cmake", ["--build", folder, "--parallel", jobs]);
  console.log(`${name}: built in ${seconds(started)} s`);
  const wanted = testNames(folders).filter((each) => tests.length === 0 || tests.includes(each));
  const waiting = [
    ...longest.filter((each) => wanted.includes(each)),
    ...wanted.filter((each) => !longest.includes(each)),
  ];
  // Most of a test's time is one thread's: as many at once as there are cores.
  const runSome = async () => {
    for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
      const began = Date.now();
      const { ended, output } = await runTest([...runner, path.join(root, folder, test)], environment);
      console.log(`${ended === "well" ? "pass" : "FAIL"}  ${name}  ${test}  ${seconds(began)} s`);
      if (ended === "well") passed += 1;
      else {
        failed += 1;
        console.log(`${output}\n${test}: ${ended}`);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runSome));
}
for (const reason of notRun) console.log(`\nNOT RUN: ${reason}`);
console.log(`\n${passed} native tests passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function runTest(words: readonly string[], environment: Record<string, string>) {
  const [command = "", ...parameters] = words;
  const options = { cwd: root, env: { ...process.env, ...environment }, maxBuffer: 1 << 28 };
  return new Promise<{ ended: string; output: string }>((resolve) => {
    const limits = { timeout: longestTestMs, killSignal: "SIGKILL" as const };
    execFile(command, parameters, { ...options, ...limits }, (error, stdout, stderr) => {
      const late = error?.killed ? `did not end within ${longestTestMs / 60000} minutes` : error?.message;
      resolve({ ended: late ?? "well", output: `${stdout}${stderr}` });
    });
  });
}

function seconds(started: number): string {
  return ((Date.now() - started) / 1000).toFixed(1);
}
