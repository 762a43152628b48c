// Mutated and truncated files: a reader returns numbers or throws DataError, nothing else, and in little time.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readCsv } from "../../lib/data/csv.js";
import { readEsl } from "../../lib/data/esl.js";
import { readIdx } from "../../lib/data/idx.js";
import { readLibsvm } from "../../lib/data/libsvm.js";
import { RandomStream } from "../../lib/data/random.js";
import { DataError } from "../../lib/errors.js";

const ROUNDS = Number(process.env.NETWRIGHT_FUZZ_ROUNDS ?? 400);

const idx = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4]), Buffer.alloc(48, 7)]);
const csv = Buffer.from('size,"colour, first",price\n1,2.5,3\n-4e2,.5,"6"\n7,8,9\n');
const labels = Buffer.from("x,kind\n1,a\n2,b\n3,a\n");
const libsvm = Buffer.from("3 1:-1 2:0.5 4:1\n10 2:-0.25\n1 3:2e-1 4:0.75\n");
// The bytes of `libsvm` with an empty line in it, as bzip2 packs them.
const bzip2 = Buffer.from(
  "QlpoOTFBWSZTWR+kMYUAAA9ZAAAQQAN+kAIAIAAhiEZD1CAaAOLcZcmfB0ayirSziFTB69CLTDj4u5IpwoSA/SGMKA==",
  "base64",
);
const esl = Buffer.from(`6.0000 ${Array(256).fill("-0.5").join(" ")} \n9 ${Array(256).fill("1").join(" ")}\n`);

const READERS: readonly (readonly [string, Buffer, (bytes: Buffer) => Promise<unknown>])[] = [
  ["idx", idx, readIdx],
  ["idx in gzip", gzipSync(idx), readIdx],
  ["idx, packed after the mutation", idx, (bytes) => readIdx(gzipSync(bytes))],
  ["csv", csv, (bytes) => readCsv(bytes, { target: "price" })],
  ["csv with labels", labels, (bytes) => readCsv(bytes, { target: "kind", classes: true })],
  ["libsvm", libsvm, (bytes) => readLibsvm(bytes, { features: 4 })],
  ["libsvm, features counted", libsvm, (bytes) => readLibsvm(bytes)],
  ["libsvm in bzip2", bzip2, (bytes) => readLibsvm(bytes)],
  ["esl", esl, readEsl],
];

/** Bytes that mean something to one of the formats, and those at the ends of ranges. */
const TOKENS = [
  "\n",
  ",",
  '"',
  ":",
  " ",
  "-",
  "e9",
  "NaN",
  "1e999",
  "9999999999",
  "\0",
  "\xff",
  "\xff\xff\xff\xff",
  "BZh9",
  "\x1f\x8b",
];

function mutate(file: Buffer, random: RandomStream): Buffer {
  let bytes = Buffer.from(file);
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(bytes.length + 1);
    const other = random.below(bytes.length + 1);
    const [start, end] = [Math.min(at, other), Math.max(at, other)];
    const token = Buffer.from(TOKENS[random.below(TOKENS.length)] as string, "latin1");
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at)]);
    }
  }
  return bytes;
}

async function outcome(read: Promise<unknown>): Promise<"read" | "refused"> {
  try {
    await read;
    return "read";
  } catch (error) {
    if (error instanceof DataError && error.message.length > 20) return "refused";
    throw error;
  }
}

describe.each(READERS)("%s", (name, file, read) => {
  test("whole, it is read", async () => {
    expect(await outcome(read(file))).toBe("read");
  });

  test("cut anywhere, it is read or refused", async () => {
    for (let length = 0; length < file.length; length += Math.ceil(file.length / 300))
      await outcome(read(file.subarray(0, length)));
  });

  test("mutated, it is read or refused", async () => {
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutate(file, new RandomStream(1, `fuzz ${name}`, round));
      try {
        if ((await outcome(read(bytes))) === "refused") refused++;
      } catch (error) {
        throw new Error(`round ${round}, file ${bytes.toString("base64")}: ${String(error)}`, { cause: error });
      }
    }
    expect(refused).toBeGreaterThan(ROUNDS / 4);
  });
});
