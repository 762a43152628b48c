// Shows a running study in the terminal.
import type { TrialRecord } from "./record.js";
import type { Study } from "./study.js";

export class LiveView {
  constructor(_study: Study, _wanted: object, _live: boolean | undefined) {}
  began(_trial: TrialRecord): void {}
  reported(_trial: TrialRecord, _step: number, _value: number): void {}
  ended(_trial: TrialRecord): void {}
  close(): void {}
}
