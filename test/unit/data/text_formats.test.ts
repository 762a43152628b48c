// LIBSVM and ESL text: labels and values as written, and errors that name the line.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readEsl } from "../../../lib/data/esl.js";
import { readLibsvm } from "../../../lib/data/libsvm.js";
import { eightBits } from "../../../lib/data/usps.js";
import { DataError } from "../../../lib/errors.js";

const TEXT = "3 1:-1 2:0.5 4:1\n10 2:-0.25\n\n1 3:2e-1 4:0.75\n";
// TEXT as bzip2 1.0.8 packs it.
const BZIP2 = Buffer.from(
  "QlpoOTFBWSZTWR+kMYUAAA9ZAAAQQAN+kAIAIAAhiEZD1CAaAOLcZcmfB0ayirSziFTB69CLTDj4u5IpwoSA/SGMKA==",
  "base64",
);

describe("LIBSVM", () => {
  test.each([
    ["plain", Buffer.from(TEXT)],
    ["gzip", gzipSync(TEXT)],
    ["bzip2", BZIP2],
    ["with Windows line ends", Buffer.from(TEXT.replaceAll("\n", "\r\n"))],
  ])("sparse rows become dense: %s", async (_, bytes) => {
    const { rows, features, labels, values } = await readLibsvm(bytes);
    expect([rows, features]).toEqual([3, 4]);
    expect([...labels]).toEqual([3, 10, 1]);
    expect([...values]).toEqual([-1, 0.5, 0, 1, 0, -0.25, 0, 0, 0, 0, Math.fround(0.2), 0.75]);
  });

  test("more features than the file uses", async () => {
    const { features, values } = await readLibsvm(Buffer.from("1 1:1\n"), { features: 3 });
    expect(features).toBe(3);
    expect([...values]).toEqual([1, 0, 0]);
  });

  test.each([
    ["cat 1:2\n", /line 1: expected a label, found "cat"/],
    ["1 1:2\n2 1:x\n", /line 2: expected index:value, found "1:x"/],
    ["1 1:2 2\n", /line 1: expected index:value, found "2"/],
    ["1 0:2\n", /ascending indices from 1, found 0 after 0/],
    ["1 2:2 2:3\n", /ascending indices from 1, found 2 after 2/],
    ["1 1:nan\n", /expected index:value, found "1:nan"/],
    ["1 1:1e39\n", /expected index:value, found "1:1e39"/],
    ["1 1:1\n2 999999999:1\n", /2 rows of 999999999 features are too many for dense rows/],
    ["# a comment\n", /found no values/],
    ["\xff\0", /as UTF-8 text, found other bytes/],
  ])("%o is refused", async (text, message) => {
    await expect(readLibsvm(Buffer.from(text, "latin1"))).rejects.toThrow(message);
    await expect(readLibsvm(Buffer.from(text, "latin1"))).rejects.toThrow(DataError);
  });

  test("an index beyond the known features", async () => {
    await expect(readLibsvm(Buffer.from("1 4:1"), { features: 3 })).rejects.toThrow(/indices up to 3, found 4/);
  });

  test("damaged and cut bzip2 files are told by their checksums", async () => {
    const flipped = Buffer.from(BZIP2);
    flipped[50] = (flipped[50] as number) ^ 4;
    for (const bytes of [flipped, BZIP2.subarray(0, 40), BZIP2.subarray(0, BZIP2.length - 4)])
      await expect(readLibsvm(bytes)).rejects.toThrow(/expected a whole bzip2 file.*fetch it again/);
  });
});

describe("ESL", () => {
  const line = (label: string, pixel = "-1.0000"): string => `${label} ${Array(256).fill(pixel).join(" ")}`;

  test("both ways of writing labels, with and without a space at the end", async () => {
    const { rows, features, labels, values } = await readEsl(gzipSync(`${line("6.0000", "0.862")} \n${line("9")}\n`));
    expect([rows, features]).toEqual([2, 256]);
    expect([...labels]).toEqual([6, 9]);
    expect([values[0], values[255], values[256]]).toEqual([Math.fround(0.862), Math.fround(0.862), -1]);
  });

  test.each([
    [`${line("6")}\n6 1 2 3\n`, /line 2: expected a digit and 256 pixels, found 4 fields/],
    [`${line("10")}\n`, /line 1: expected a digit 0 to 9, found "10"/],
    [`${line("1", "1.5")}\n`, /expected pixel 1 from -1 to 1, found "1.5"/],
    [`${line("1")}${"\n".repeat(1000)}${line("1")}`, /line 2: expected a digit and 256 pixels/],
    ["\n\n", /expected lines of a digit and 256 pixels, found none/],
  ])("a foreign line %#", async (text, message) => {
    await expect(readEsl(Buffer.from(text))).rejects.toThrow(message);
    await expect(readEsl(Buffer.from(text))).rejects.toThrow(DataError);
  });
});

test("pixels are cut to 8 bits in 32-bit arithmetic, as torchvision does", () => {
  const values = Float32Array.of(-1, -0.999999, 0, 0.5, 0.996078, 0.999999, 1);
  const bytes = [...eightBits({ values })].map((value) => value * 255);
  expect(bytes.map((byte) => Math.round(byte))).toEqual([0, 0, 127, 191, 254, 254, 255]);
});
