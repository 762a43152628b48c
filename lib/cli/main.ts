#!/usr/bin/env node
// The `netwright` command: finds the sub-command, prints help and version, turns errors into one line and an exit code.
import { readFileSync } from "node:fs";
import { NetwrightError } from "../errors.js";
import { type Command, UsageError } from "./command.js";
import { info } from "./info.js";
import { study } from "./study.js";
import { verify } from "./verify.js";

const commands: readonly Command[] = [info, study, verify];

function help(): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    "usage: netwright <command> [options]",
    "",
    ...lines,
    "",
    "netwright <command> --help says more; netwright --version prints the version.",
  ].join("\n");
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function main([name, ...parameters]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    console.log(version());
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined)
    throw new UsageError(`there is no command "${name}"; there are ${commands.map((each) => each.name).join(", ")}`);
  if (parameters.includes("--help") || parameters.includes("-h")) {
    console.log(command.usage);
    return 0;
  }
  return command.run(parameters);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`netwright: ${error.message}\nnetwright --help lists the commands.`);
    process.exitCode = 2;
  } else if (error instanceof NetwrightError) {
    console.error(`netwright: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
