// concat: rows of several data sets as one.
import { expect, test } from "vitest";
import { Dataset } from "../../../lib/runtime/dataset.js";

const labels = (input: number[][], target: string[]) => Dataset.from({ input, target, classes: ["a", "b"] });

test("rows and labels follow each other in order", () => {
  const joined = labels([[1, 2]], ["b"]).concat(
    labels(
      [
        [3, 4],
        [5, 6],
      ],
      ["a", "b"],
    ),
    labels([[7, 8]], ["a"]),
  );
  expect([...joined.input]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...(joined.target as Int32Array)]).toEqual([1, 0, 1, 0]);
  expect([joined.rows, joined.classes]).toEqual([4, ["a", "b"]]);
});

test("numbers to predict too, and rows without targets", () => {
  const values = Dataset.from({ input: [[1]], target: [[2, 3]] });
  expect([...(values.concat(values).target as Float32Array)]).toEqual([2, 3, 2, 3]);
  const bare = Dataset.from({ input: [[1]] });
  expect(bare.concat(bare)).toMatchObject({ rows: 2, target: undefined });
});

test("refuses what does not belong together", () => {
  const two = labels([[1, 2]], ["b"]);
  expect(() => two.concat(labels([[1]], ["a"]))).toThrow(/argument 0 are \[1\] with classes a, b, those .* \[2\] with/);
  expect(() => two.concat(two, Dataset.from({ input: [[1, 2]], target: ["a"], classes: ["a", "c"] }))).toThrow(
    /argument 1 are .*classes a, c/,
  );
  expect(() => two.concat(Dataset.from({ input: [[1, 2]] }))).toThrow(/no targets/);
  expect(() => two.concat([] as never)).toThrow(/argument 0 is not a Dataset/);
  two.dispose();
  expect(() => two.concat()).toThrow(/disposed/);
});
