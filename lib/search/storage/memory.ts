// A journal that lives as long as its process.
import type { JournalBackend, Operation } from "./backend.js";

export function memoryJournal(): JournalBackend {
  const operations: Operation[] = [];
  return {
    location: "memory",
    read: async (from) => operations.slice(from),
    append: async (more, expected = operations.length) => {
      if (operations.length !== expected) return false;
      for (const operation of more) operations.push(operation);
      return true;
    },
    close: async () => {},
  };
}
