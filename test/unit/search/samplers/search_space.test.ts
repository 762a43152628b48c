// Search spaces hold what trials have in common, and group what appears together.
import { expect, test } from "vitest";
import { categoricalDistribution, type Distribution, floatDistribution } from "../../../../lib/search/distribution.js";
import type { TrialRecord, TrialState } from "../../../../lib/search/record.js";
import { groupedSearchSpaces, intersectionSearchSpace } from "../../../../lib/search/samplers/search_space.js";

const x = (): Distribution => floatDistribution("x", 0, 1);
const wide = floatDistribution("x", 0, 2);
const y = categoricalDistribution("y", ["a", "b"]);

function trials(...given: (readonly [TrialState, Record<string, Distribution>])[]): TrialRecord[] {
  return given.map(([state, distributions], number) => ({
    id: number,
    number,
    state,
    values: undefined,
    parameters: {},
    distributions,
    reports: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: undefined,
    endedAt: undefined,
  }));
}

test("the intersection keeps what all complete trials have, by name", () => {
  expect(intersectionSearchSpace([])).toEqual({});
  const space = intersectionSearchSpace(trials(["complete", { y, x: x() }], ["complete", { x: x(), z: wide, y }]));
  expect(space).toEqual({ x: x(), y });
  expect(Object.keys(space)).toEqual(["x", "y"]);
});

test("a parameter whose bounds change is in no intersection", () => {
  expect(intersectionSearchSpace(trials(["complete", { x: x(), y }], ["complete", { x: wide, y }]))).toEqual({ y });
});

test("running and failed trials do not count, pruned ones on request", () => {
  const some = trials(["complete", { x: x(), y }], ["failed", {}], ["running", {}], ["waiting", {}], ["pruned", { y }]);
  expect(intersectionSearchSpace(some)).toEqual({ x: x(), y });
  expect(intersectionSearchSpace(some, { includePruned: true })).toEqual({ y });
  expect(groupedSearchSpaces(some)).toEqual([{ x: x(), y }]);
  expect(groupedSearchSpaces(some, { includePruned: true })).toEqual([{ y }, { x: x() }]);
});

test("names that every object has are parameters like others", () => {
  expect(intersectionSearchSpace(trials(["complete", { constructor: x() }], ["complete", {}]))).toEqual({});
});

test("groups are the parameters that appear together, with their latest bounds", () => {
  const some = trials(
    ["complete", { x: x(), optimizer: y, momentum: x() }],
    ["complete", { x: wide, optimizer: y, beta: x(), epsilon: x() }],
  );
  expect(groupedSearchSpaces(some)).toEqual([
    { optimizer: y, x: wide },
    { momentum: x() },
    { beta: x(), epsilon: x() },
  ]);
});
