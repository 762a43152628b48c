// Who does something in a journal.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

/** One per parallel slot, like no other's anywhere: `host:process:...`. */
export function workerId(): string {
  return `${hostname()}:${process.pid}:${randomUUID()}`;
}
