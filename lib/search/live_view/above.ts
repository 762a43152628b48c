// What the program prints while lines stand at the foot of the terminal: it comes above them, where it would write over them.
import process from "node:process";
import { StringDecoder } from "node:string_decoder";

/** The part of a stream that is used; a terminal's. */
export interface Printing {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

type Write = (chunk: unknown, encoding?: unknown, done?: unknown) => boolean;

interface Printed {
  /** The stream's own. */
  readonly write: Write;
  readonly decoder: StringDecoder;
  /** The beginning of a line, until the rest of it comes or it has stood still for some time: a prompt, say. */
  begun: string;
  begunAt: number;
}

/** A program that prints thousands of lines a second must not wait for as many drawings. */
const SHORTEST_PAUSE_MILLISECONDS = 30;
const LONGEST_BEGINNING = 4096;
const LONGEST_STANDSTILL_MILLISECONDS = 1000;

/**
 * From now to `release`, what is written to these streams waits for `flush`; `redraw` is called to make it come soon. Streams that are no
 * terminal are left alone. A process that ends before writes what is left.
 */
export class Above {
  private readonly printed: Printed[] = [];
  /** Whole lines that are not written yet, in the order in which they came. */
  private readonly lines: { readonly write: Write; readonly text: string }[] = [];
  private readonly undo: (() => void)[] = [];
  private readonly atExit = () => this.release();
  private isReleased = false;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    streams: readonly Printing[],
    private readonly redraw: () => void,
  ) {
    for (const stream of new Set(streams)) if (stream.isTTY === true) this.divert(stream);
    process.once("exit", this.atExit);
  }

  /** Writes what waits. Called where the lines at the foot begin. */
  flush(): void {
    const standsStill = performance.now() - LONGEST_STANDSTILL_MILLISECONDS;
    for (const each of this.printed) if (each.begun !== "" && each.begunAt < standsStill) this.endLine(each);
    if (this.lines.length === 0) return;
    this.printed[0]?.write("\u001b[J");
    for (const { write, text } of this.lines.splice(0)) write(text);
  }

  /** A line of the view's own, to the first stream. */
  print(line: string): void {
    const [first] = this.printed;
    if (first === undefined || this.isReleased) return;
    this.lines.push({ write: first.write, text: `${line}\n` });
    this.soon();
  }

  /** A line that has only begun is ended. */
  release(): void {
    if (this.isReleased) return;
    process.off("exit", this.atExit);
    clearTimeout(this.timer);
    for (const undo of this.undo) undo();
    for (const each of this.printed) if (each.begun !== "") this.endLine(each);
    if (this.lines.length > 0) this.redraw();
    this.isReleased = true;
  }

  private soon(): void {
    const pause = SHORTEST_PAUSE_MILLISECONDS - (performance.now() - this.drawnAt);
    if (pause <= 0) this.draw();
    else this.timer ??= setTimeout(() => this.draw(), pause);
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.drawnAt = performance.now();
    this.redraw();
  }

  private divert(stream: Printing): void {
    const own = Object.getOwnPropertyDescriptor(stream, "write");
    const original = stream.write.bind(stream) as Write;
    const printed = { write: original, decoder: new StringDecoder("utf8"), begun: "", begunAt: 0 };
    const write: Write = (chunk, encoding, done) => {
      const text = this.isReleased ? undefined : textOf(chunk, encoding, printed.decoder);
      if (text === undefined) return original(chunk, encoding, done);
      this.add(printed, text);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") process.nextTick(callback as (error: null) => void, null);
      return true;
    };
    Object.defineProperty(stream, "write", { value: write, configurable: true, writable: true });
    this.printed.push(printed);
    this.undo.push(() => {
      // Who has wrapped it since goes on through `write`, which from now on hands over.
      if (stream.write !== (write as unknown)) return;
      if (own === undefined) delete (stream as { write?: unknown }).write;
      else Object.defineProperty(stream, "write", own);
    });
  }

  private add(printed: Printed, text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) {
      this.lines.push({ write: printed.write, text: printed.begun + text.slice(0, end) });
      printed.begun = "";
    }
    printed.begun += text.slice(end);
    printed.begunAt = performance.now();
    // What stands before a carriage return is overwritten by what comes behind it.
    printed.begun = printed.begun.replace(/^[\s\S]*\r(?=[^\r])/, "");
    if (printed.begun.length > LONGEST_BEGINNING) this.endLine(printed);
    if (this.lines.length > 0) this.soon();
  }

  private endLine(printed: Printed): void {
    this.lines.push({ write: printed.write, text: `${printed.begun}\n` });
    printed.begun = "";
  }
}

/** Undefined for what is no text and no bytes: the stream itself refuses it. */
function textOf(chunk: unknown, encoding: unknown, decoder: StringDecoder): string | undefined {
  if (chunk instanceof Uint8Array) return decoder.write(Buffer.from(chunk));
  if (typeof chunk !== "string") return undefined;
  const isText = typeof encoding !== "string" || /^utf-?8$/i.test(encoding);
  return isText ? chunk : decoder.write(Buffer.from(chunk, encoding as BufferEncoding));
}
