// JSON of journals: Python's bare words both ways, and nothing that is no plain data.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { decodeJson, encodeJson } from "../../../../lib/search/storage/json.js";

describe("bare words", () => {
  const value = { a: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], NaN: "NaN" };
  test("are written as Python writes them", () => {
    expect(encodeJson(value)).toBe('{"a":[NaN,Infinity,-Infinity,1],"NaN":"NaN"}');
  });
  test("are read, and left alone within strings", () => {
    expect(decodeJson(encodeJson(value))).toEqual(value);
    const text = 'a "quoted" NaN, -Infinity: [NaN] \\';
    expect(decodeJson(encodeJson({ [text]: [text, Number.NaN] }))).toEqual({ [text]: [text, Number.NaN] });
    expect(decodeJson('{ "x" : NaN , "NaN?" : -Infinity }')).toEqual({ x: Number.NaN, "NaN?": -Infinity });
  });
  test.each(["NaNa", "[Infinity", "Infinit", '{"a":nan}', "-NaN", "1NaN", ""])("%s is refused", (text) => {
    expect(() => decodeJson(text)).toThrow(SyntaxError);
  });
});

describe("plain data", () => {
  test("numbers, texts and a name like __proto__ come back as they were", () => {
    const value = { "\u2028ü\ud800\n": [0.1, 1e21, -5e-324, true, null, { deep: [] }] };
    expect(decodeJson(encodeJson(value))).toEqual(value);
    const odd = JSON.parse('{"__proto__":1}');
    expect(Object.keys(decodeJson(encodeJson(odd)) as object)).toEqual(["__proto__"]);
  });
  test("what is undefined in an object is left out", () => {
    expect(encodeJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
  const cycle: unknown[] = [];
  cycle.push(cycle);
  test.each([[() => 1], [1n], [new Date()], [new Map()], [[undefined]], [cycle], [Symbol("s")]])(
    "%s is refused",
    (value) => {
      expect(() => encodeJson({ value })).toThrow(ArgumentError);
    },
  );
});
