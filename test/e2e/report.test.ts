// The report's command on built-in data: a page with every claim that was printed, and what it answers to wrong calls.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { verdicts } from "../../examples/report/measuring/verdict.js";
import { packageScript, run } from "../tools/shell.js";

function report(...words: string[]): { code: number; output: string } {
  const { NETWRIGHT_DATA: _, ...env } = process.env;
  return run(...packageScript("tsx/dist/cli.mjs", ["examples/report/report.ts", ...words]), { capture: true, env });
}

test("a section of the report becomes a page that has its claims", { timeout: 300_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "page", "report.html");
  const { code, output } = report("--quick", "--only", "classification", "--epochs", "1", "--out", file);
  expect(output).toContain(`written: ${file}`);
  expect(code).toBe(0);
  const page = readFileSync(file, "utf8");
  const claims = [...output.matchAll(/^ {2}the original: (.*)$/gm)].map(([, claim]) => claim as string);
  expect(claims.length).toBeGreaterThan(3);
  for (const claim of claims) expect(page.replaceAll("\u00a0", " ")).toContain(claim);
  const badges = [...page.matchAll(/<\/td><td><span class="verdict verdict\d">([^<]*)</g)].map(
    ([, verdict]) => verdict,
  );
  expect(badges).toHaveLength(claims.length);
  for (const badge of badges) expect(verdicts).toContain(badge);
  expect(page).toContain("set NETWRIGHT_DATA for the real ones");
});

test("a wrong call is answered with the options, before anything runs", { timeout: 300_000 }, () => {
  expect(report("--only", "nothing")).toMatchObject({ code: 2, output: expect.stringMatching(/nothing.*--only/s) });
  expect(report("--quick", "--full")).toMatchObject({ code: 2, output: expect.stringContaining("not both") });
});
