// The command line without native code: help, version, errors and exit codes.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { packageScript, root, run } from "../../tools/shell.js";

function netwright(...parameters: string[]) {
  return run(...packageScript("tsx/dist/cli.mjs", [path.join(root, "lib/cli/main.ts"), ...parameters]), {
    capture: true,
  });
}

test("--version prints the version of the package", () => {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  expect(netwright("--version")).toEqual({ code: 0, output: `${version}\n` });
});

test("--help lists every command, a command's --help its options", () => {
  expect(netwright("--help").output).toMatch(/info[\s\S]*study[\s\S]*verify/);
  expect(netwright("verify", "--help").output).toContain("--threshold");
});

test("calls that make no sense end with exit code 2 and say what is wrong", () => {
  for (const [parameters, message] of [
    [["train"], 'no command "train"; there are info, study, verify'],
    [["info", "--colour"], "Unknown option '--colour'"],
    [["verify"], "the ONNX file is missing"],
    [["verify", "a.onnx", "b.onnx"], 'unexpected "b.onnx"'],
    [["verify", "a.onnx", "--threshold", "none"], "--threshold: expected a number above 0"],
  ] as const) {
    const { code, output } = netwright(...parameters);
    expect(code, output).toBe(2);
    expect(output).toContain(message);
  }
});

test("a file that is not there is one readable line and exit code 1", () => {
  const { code, output } = netwright("verify", "missing.onnx");
  expect(code).toBe(1);
  expect(output).toMatch(/^netwright: missing\.onnx cannot be read.*\n$/);
});
