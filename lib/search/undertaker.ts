// Looks after trials whose process is gone, as long as a study runs here.
import { FAILURE } from "./outcome.js";
import { retryDeadTrials } from "./storage/dead_trials.js";
import { HeartbeatWatch } from "./storage/heartbeat.js";
import type { Study } from "./study.js";
import { workerId } from "./worker_id.js";

const REASON = { kind: "dead", message: "its process gave no sign of life any more" };

export class Undertaker {
  private readonly watch = new HeartbeatWatch();
  private readonly worker = workerId();
  private readonly timer: NodeJS.Timeout;
  private visit: Promise<void> | undefined;

  /** Visits now and every `interval` milliseconds; `fail` gets what goes wrong. */
  constructor(
    private readonly study: Study,
    interval: number,
    private readonly fail: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => this.begin(), interval);
    this.timer.unref();
    this.begin();
  }

  /** Resolves when a visit that is under way has ended: after that the journal may be closed. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.visit;
  }

  private begin(): void {
    const { journal, name } = this.study;
    this.visit ??= retryDeadTrials(journal, name, this.worker, this.watch, { attributes: { [FAILURE]: REASON } })
      .then(() => {}, this.fail)
      .finally(() => {
        this.visit = undefined;
      });
  }
}
