// CSV files of one's own: columns by name, labels, and errors that name file, line, column and remedy.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type CsvOptions, readCsv } from "../../../lib/data/csv.js";
import { ArgumentError, DataError } from "../../../lib/errors.js";

const csv = (text: string, options?: CsvOptions) => readCsv(Buffer.from(text), options);
const HOUSES = "quality,year,price\n7,2003,208500\n6,1976,181500\n";

describe("columns", () => {
  test("one target, the rest are features", async () => {
    const data = await csv(HOUSES, { target: "price" });
    expect([...data.input]).toEqual([7, 2003, 6, 1976]);
    expect(data.inputShape).toEqual([2]);
    expect(data.featureNames).toEqual(["quality", "year"]);
    expect([...(data.target ?? [])]).toEqual([208500, 181500]);
    expect(data.targetShape).toEqual([1]);
    expect(data.targetNames).toEqual(["price"]);
  });

  test("several targets and chosen features, in the order asked for", async () => {
    const data = await csv("a,b,c,d\n1,2,3,4\n5,6,7,8\n", { target: ["d", "a"], features: ["c"] });
    expect([...data.input]).toEqual([3, 7]);
    expect([...(data.target ?? [])]).toEqual([4, 1, 8, 5]);
    expect(data.targetShape).toEqual([2]);
  });

  test("two features do not mix up rows and columns", async () => {
    const data = await csv(HOUSES, { target: "price", features: ["year", "quality"] });
    expect([...data.input]).toEqual([2003, 7, 1976, 6]);
  });

  test("no target, a file without header, another delimiter, quotes, byte order mark, Windows line ends, empty lines", async () => {
    expect((await csv("a,b\n1,2\n")).target).toBeUndefined();
    expect([...(await csv("1,2\n3,4", { columns: ["a", "b"], target: "b" })).input]).toEqual([1, 3]);
    expect([...(await csv("a;b\n1;2\n", { delimiter: ";" })).input]).toEqual([1, 2]);
    const data = await csv('\uFEFF"a, first",b\r\n"1", 2 \r\n\r\n-.5,3e2\r\n', { target: "b" });
    expect(data.featureNames).toEqual(["a, first"]);
    expect([...data.input, ...(data.target ?? [])]).toEqual([1, -0.5, 2, 300]);
  });

  test("a path, a URL and a gzip file", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "netwright-csv-"));
    try {
      const name = path.join(folder, "houses.csv");
      await writeFile(name, HOUSES);
      for (const source of [name, new URL(`file://${name}`), gzipSync(HOUSES)])
        expect((await readCsv(source, { target: "price" })).rows).toBe(2);
      await writeFile(name, "quality,price\n7,\n");
      await expect(readCsv(name)).rejects.toThrow(
        `${name}, line 2, column "price": expected a number, found an empty cell`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("labels", () => {
  test("different cells become classes, sorted", async () => {
    const data = await csv("x,kind\n1,setosa\n2,iris\n3,setosa\n", { target: "kind", classes: true });
    expect(data.classes).toEqual(["iris", "setosa"]);
    expect([...(data.target ?? [])]).toEqual([1, 0, 1]);
    expect(data.targetShape).toEqual([]);
  });

  test("numeric labels are sorted as numbers", async () => {
    const data = await csv("x,digit\n1,10\n2,9\n3,10\n", { target: "digit", classes: true });
    expect(data.classes).toEqual(["9", "10"]);
    expect([...(data.target ?? [])]).toEqual([1, 0, 1]);
  });

  test("given classes keep their order and refuse others", async () => {
    const data = await csv("x,answer\n1,no\n2,yes\n", { target: "answer", classes: ["yes", "no"] });
    expect([...(data.target ?? [])]).toEqual([1, 0]);
    await expect(csv("x,answer\n1,no\n2,maybe\n", { target: "answer", classes: ["yes", "no"] })).rejects.toThrow(
      /line 3, column "answer": label "maybe" is not one of the classes yes, no/,
    );
  });

  test("missing and single labels", async () => {
    await expect(csv("x,k\n1,a\n2,\n", { target: "k", classes: true })).rejects.toThrow(
      /line 3, column "k": expected a label/,
    );
    await expect(csv("x,k\n1,a\n2,a\n", { target: "k", classes: true })).rejects.toThrow(/holds one label only/);
  });
});

describe("cells that are no numbers", () => {
  test.each([
    ["", /found an empty cell; fill it, drop the row, or leave the column out/],
    ["NA", /the missing value "NA"/],
    ["nan", /the missing value "nan"/],
    ["?", /the missing value "\?"/],
    ["red", /found "red"; turn text into numbers, or leave the column out with features/],
    ['"2,5"', /found "2,5"; write decimals with a point/],
    ["12 m", /found "12 m"; write plain numbers/],
    ["0x10", /write plain numbers/],
    ["1e39", /write plain numbers within the range of 32 bits/],
    ["Infinity", /expected a number, found "Infinity"/],
  ])("%s", async (cell, message) => {
    const read = csv(`a,b\n1,2\n${cell},4\n`, { target: "b" });
    await expect(read).rejects.toThrow(DataError);
    await expect(read).rejects.toThrow(/^the given bytes, line 3, column "a": /);
    await expect(read).rejects.toThrow(message);
  });

  test("a target of words is a hint at classes", async () => {
    await expect(csv("a,b\n1,cat\n", { target: "b" })).rejects.toThrow(/found "cat"; for labels say classes: true/);
  });
});

describe("tables that do not fit", () => {
  test.each([
    ["a,b\n1,2\n3\n", {}, /line 3: expected 2 cells as in the header, found 1; a cell is missing, or the delimiter/],
    ["a,b\n1,2,3\n", {}, /line 2: expected 2 cells as in the header, found 3/],
    ["a,a\n1,2\n", {}, /two columns are named "a"/],
    ["a,b\n", {}, /at least one row of values, found no rows/],
    ["\n\n", {}, /found no rows/],
    ['a,b\n1,"2\n', {}, /Quote Not Closed.*check the quotes and the delimiter/],
    ["a,b\n1,2\n", { target: "c" }, /there is no column "c"; the columns are a, b/],
    ["a,b\n1,2\n", { features: ["z"] }, /there is no column "z"/],
    ["a\n1\n", { target: "a" }, /no feature columns are left/],
    ["\xff\xfea", {}, /UTF-8/],
  ])("%o", async (text, options, message) => {
    const read = readCsv(Buffer.from(text, "latin1"), options as CsvOptions);
    await expect(read).rejects.toThrow(DataError);
    await expect(read).rejects.toThrow(message);
  });

  test("options that contradict each other", async () => {
    await expect(csv(HOUSES, { classes: true })).rejects.toThrow(ArgumentError);
    await expect(csv(HOUSES, { target: "price", features: ["price"] })).rejects.toThrow(/is a target and a feature/);
  });
});
