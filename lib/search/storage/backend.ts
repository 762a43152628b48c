// Where the records of a journal lie: in memory, in a file, in Redis.

/** One record of a journal: an operation in Optuna's numbering, by a worker. */
export interface Operation {
  readonly op_code: number;
  readonly worker_id: string;
  readonly [field: string]: unknown;
}

/** An append-only list of operations, which several workers may append to and read at the same time. */
export interface JournalBackend {
  /** How messages call it: a path or an address without its password. */
  readonly location: string;
  /** All operations from the one of that index on, in order. Throws DataError for what is no journal. */
  read(from: number): Promise<Operation[]>;
  /**
   * Appends all of them, next to each other, or none; resolved means that they will not be lost.
   * With `expected` only while the journal holds exactly that many; false when it did not and nothing was appended.
   */
  append(operations: readonly Operation[], expected?: number): Promise<boolean>;
  /** Frees connections; may be called again. */
  close(): Promise<void>;
}
