// The protobuf wire format: as much of it as ONNX files use, for writing and for reading in any JavaScript runtime.

/** Wire types of https://protobuf.dev/programming-guides/encoding/; groups (3 and 4) are not part of ONNX. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Collects the fields of one message; large arrays are copied once, by finish(). */
export class MessageWriter {
  private readonly chunks: Uint8Array[] = [];
  private pending: number[] = [];

  /** int32, int64 or enum. */
  integer(field: number, value: number | bigint): this {
    this.varint(field * 8 + VARINT);
    this.varint(value);
    return this;
  }

  /** float. */
  float(field: number, value: number): this {
    this.varint(field * 8 + FIXED32);
    const bits = new DataView(new ArrayBuffer(4));
    bits.setFloat32(0, value, true);
    for (let i = 0; i < 4; i++) this.pending.push(bits.getUint8(i));
    return this;
  }

  /** string. */
  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  /** bytes; the array must not change before finish(). */
  bytes(field: number, value: Uint8Array): this {
    this.varint(field * 8 + LENGTH_DELIMITED);
    this.varint(value.length);
    this.flush();
    this.chunks.push(value);
    return this;
  }

  /** A message inside this one. */
  message(field: number, value: MessageWriter): this {
    this.varint(field * 8 + LENGTH_DELIMITED);
    this.varint(value.length);
    this.flush();
    for (const chunk of value.chunks) this.chunks.push(chunk);
    return this;
  }

  /** Bytes written so far. */
  get length(): number {
    this.flush();
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      result.set(chunk, at);
      at += chunk.length;
    }
    return result;
  }

  private varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.pending.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.pending.push(Number(rest));
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    this.chunks.push(Uint8Array.from(this.pending));
    this.pending = [];
  }
}

/** One field of a message as it lies in the file. */
export class Field {
  constructor(
    readonly number: number,
    private readonly wire: number,
    private readonly value: bigint,
    private readonly content: Uint8Array,
  ) {}

  /** An int32, int64 or enum; throws SyntaxError when it is something else or beyond 2^53. */
  integer(): number {
    const value = Number(BigInt.asIntN(64, this.value));
    if (this.wire !== VARINT || !Number.isSafeInteger(value))
      throw new SyntaxError(`field ${this.number} is no whole number`);
    return value;
  }

  /** A string; throws SyntaxError when it is something else or not UTF-8. */
  text(): string {
    try {
      return decoder.decode(this.bytes());
    } catch (error) {
      throw new SyntaxError(`field ${this.number} is no text`, { cause: error });
    }
  }

  /** Bytes or a message, as a view into the file; throws SyntaxError when it is something else. */
  bytes(): Uint8Array {
    if (this.wire !== LENGTH_DELIMITED) throw new SyntaxError(`field ${this.number} is no block of bytes`);
    return this.content;
  }
}

/** The fields of a message in the order of the file; throws SyntaxError at the first that does not fit in `bytes`. */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new SyntaxError("it ends in the middle of a number");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new SyntaxError("a number has more than ten bytes");
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new SyntaxError(`a field of ${length} bytes has ${bytes.length - at} left`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const none = bytes.subarray(0, 0);
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number < 1 || number >= 2 ** 29) throw new SyntaxError(`field number ${number} does not exist`);
    if (wire === VARINT) yield new Field(number, wire, varint(), none);
    else if (wire === LENGTH_DELIMITED) yield new Field(number, wire, 0n, take(Number(varint())));
    else if (wire === FIXED64) yield new Field(number, wire, 0n, take(8));
    else if (wire === FIXED32) yield new Field(number, wire, 0n, take(4));
    else throw new SyntaxError(`wire type ${wire} does not exist`);
  }
}
