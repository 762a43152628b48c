// The report's section on houses, measured on built-in data: SGD that runs away is explained, sigmas are judged, claims are answered.
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../examples/report/regression.js";
import type { Section } from "../../examples/report/section.js";
import { verdicts } from "../../examples/report/measuring/verdict.js";

let section: Section;
const published = process.env.NETWRIGHT_DATA;

beforeAll(async () => {
  delete process.env.NETWRIGHT_DATA;
  section = await run({ scale: "quick", parallel: 2, seeds: 2, epochs: 20 });
});

afterAll(() => {
  if (published !== undefined) process.env.NETWRIGHT_DATA = published;
});

const texts = () =>
  section.parts.flatMap((part) =>
    part.kind === "text" ? part.paragraphs : part.kind === "output" ? [part.text] : [part.caption],
  );

test("every claim of the original has figures and a verdict", () => {
  expect(section.claims).toHaveLength(10);
  for (const { measured, verdict } of section.claims) {
    expect(measured).toMatch(/\d/);
    expect(measured).not.toMatch(/undefined|NaN/);
    expect(verdicts).toContain(verdict);
  }
});

test("no text has a hole where a figure belongs", () => {
  expect(texts().length).toBeGreaterThan(15);
  for (const text of texts()) expect(text).not.toMatch(/undefined|NaN|\[object/);
});

test("the library's own error says where SGD ran away, and the claim counts how often", () => {
  const [output] = section.parts.filter((part) => part.kind === "output");
  expect(output?.text).toMatch(/^NonFiniteError: /);
  const claim = section.claims.find(({ original }) => original.includes("nan"));
  const [, away, all] = /: (\d+) of (\d+) trainings ran away, after \d/.exec(claim!.measured)!.map(Number);
  expect(away).toBeGreaterThanOrEqual(all! / 2);
  expect(claim?.verdict).toBe(away === all ? "agrees" : "in part");
});

test("SGD learns once features and prices are standardized", () => {
  const claim = section.claims.find(({ original }) => original.includes("only RMSprop and Adam"));
  expect(claim?.measured).toMatch(/minus the error of always predicting the mean price: -\$/);
});
