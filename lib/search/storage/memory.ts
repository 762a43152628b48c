// A journal that lives as long as its process.
import type { JournalBackend, Operation } from "./backend.js";

export function memoryJournal(): JournalBackend {
  const operations: Operation[] = [];
  return {
    location: "memory",
    read: async (from) => operations.slice(from),
    append: async (more) => {
      operations.push(...more);
    },
    close: async () => {},
  };
}
