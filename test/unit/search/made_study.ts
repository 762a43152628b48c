// Studies that a test makes, in memory or in a folder of its own, closed and removed after it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import { createStudy, type Study } from "../../../lib/search/study.js";
import type { Trial } from "../../../lib/search/trial.js";

let folder: string;
const open: Study[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "study-"));
});
afterEach(async () => {
  for (const study of open.splice(0)) await study.close();
  rmSync(folder, { recursive: true });
});

/** A path in the test's folder. */
export const file = (name = "usps.journal") => path.join(folder, name);

export async function made(...parameters: Parameters<typeof createStudy>): Promise<Study> {
  const study = await createStudy(...parameters);
  open.push(study);
  return study;
}

export const parabola = (trial: Trial) => (trial.float("x", -5, 5) - 2) ** 2;
