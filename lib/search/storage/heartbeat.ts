// Signs of life of running trials in the journal, and the finding of those that have stopped.
import { ArgumentError } from "../../errors.js";
import { isFinished, type Json, type StudyRecord, type TrialRecord } from "../record.js";
import type { StudyJournal } from "./study_journal.js";

/** The system attribute that holds a Heartbeat's sign. */
export const HEARTBEAT = "netwright:heartbeat";

/** Milliseconds between two signs when nothing else is asked for. */
export const HEARTBEAT_INTERVAL = 10_000;

/** Silent intervals, all of them watched, after which a trial is dead. */
const SILENT_INTERVALS = 3;

/** Milliseconds after which a sign that is seen for the first time is too old to wait for the next one; longer than clocks of two machines differ. */
const LONG_PAST = 3_600_000;

/** A sign of life, as it stands in the journal. */
export interface Sign {
  /** UTC, ISO 8601. */
  readonly time: string;
  readonly worker: string;
  /** Seconds. */
  readonly interval: number;
}

/** System attributes for a trial that begins: given with its claim or creation, no kill leaves it without. */
export function firstSign(worker: string, interval: number = HEARTBEAT_INTERVAL): Readonly<Record<string, Json>> {
  return { [HEARTBEAT]: { time: new Date().toISOString(), worker, interval: interval / 1000 } };
}

/** Undefined for trials of other programs, which have none. */
export function signOf({ systemAttributes }: TrialRecord): Sign | undefined {
  const sign = systemAttributes[HEARTBEAT] as unknown as Partial<Sign> | null | undefined;
  const isSign = typeof sign?.time === "string" && typeof sign.worker === "string" && Number(sign.interval) > 0;
  return isSign ? (sign as Sign) : undefined;
}

/** The sign of a trial by whoever runs it now; undefined where it is of a claim that was torn apart, and another has begun the trial. */
export function ownSignOf(trial: TrialRecord): Sign | undefined {
  const sign = signOf(trial);
  return sign === undefined || isOfAnother(trial, sign) ? undefined : sign;
}

/** Writes a sign now and every `interval` milliseconds, until it is stopped or the trial has ended. Keeps no process alive. */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly journal: StudyJournal,
    private readonly trial: number,
    private readonly worker: string,
    private readonly interval: number = HEARTBEAT_INTERVAL,
    /** Called once when another worker has ended the trial: what it computes no longer counts. */
    private readonly lost: () => void = () => {},
  ) {
    if (!(interval > 0)) throw new ArgumentError(`heartbeat: expected milliseconds above 0, got ${interval}`);
    this.timer = setInterval(() => this.beat(), interval);
    this.timer.unref();
    this.beat();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    if (isFinished(this.journal.trial(this.trial))) {
      this.stop();
      this.lost();
      return;
    }
    for (const [name, value] of Object.entries(firstSign(this.worker, this.interval)))
      this.journal.setTrialAttribute(this.trial, this.worker, "system", name, value);
  }
}

export interface WatchOptions {
  /** Milliseconds of any origin that never go back. Default: `performance.now`. */
  readonly now?: () => number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly wallClock?: () => number;
}

/**
 * Finds trials whose worker has died, without trusting other machines' clocks: their sign must not change for three of its intervals
 * while this process looks on. Looks that are far apart count as one interval at most, because a process that stood still has seen nothing.
 * A trial whose sign is long past when it is first seen is dead at once; later it may be this machine that slept, with all its processes.
 */
export class HeartbeatWatch {
  private readonly silences = new Map<number, { sign: string; lasted: number; seenAt: number; isLongPast: boolean }>();
  private readonly now: () => number;
  private readonly wallClock: () => number;

  constructor({ now = () => performance.now(), wallClock = Date.now }: WatchOptions = {}) {
    this.now = now;
    this.wallClock = wallClock;
  }

  /** Running trials that are dead. Called with the study as just refreshed, at least once per interval. */
  look({ trials }: StudyRecord): TrialRecord[] {
    const now = this.now();
    const dead: TrialRecord[] = [];
    for (const trial of trials) {
      const sign = trial.state === "running" ? ownSignOf(trial) : undefined;
      if (sign === undefined) this.silences.delete(trial.id);
      else if (this.isSilent(trial.id, sign, now)) dead.push(trial);
    }
    return dead;
  }

  private isSilent(id: number, sign: Sign, now: number): boolean {
    const interval = 1000 * sign.interval;
    const text = `${sign.worker} ${sign.time}`;
    const silence = this.silences.get(id);
    const isNew = silence?.sign !== text;
    const lasted = isNew ? 0 : silence.lasted + Math.min(now - silence.seenAt, interval);
    const age = this.wallClock() - Date.parse(sign.time);
    const isLongPast = (silence?.isLongPast ?? true) && age > Math.max(LONG_PAST, 10 * SILENT_INTERVALS * interval);
    this.silences.set(id, { sign: text, lasted, seenAt: now, isLongPast });
    return lasted >= SILENT_INTERVALS * interval || isLongPast;
  }
}

/** A sign from before the start is of a claim that was torn apart: whoever runs the trial now did not write it. */
function isOfAnother({ startedAt }: TrialRecord, { time }: Sign): boolean {
  return startedAt !== undefined && Date.parse(time) < startedAt.getTime() - 1000;
}
