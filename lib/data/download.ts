// Downloads a file into memory, with a progress bar where somebody watches.
import { progressBars } from "./packages.js";

/** A transfer without a byte for this long has failed. */
const STALL_MILLISECONDS = 30_000;

/** No published set here is near this size; an address that sends more is not the right one. */
const LIMIT_BYTES = 256 * 2 ** 20;

/** The body of a response; throws when it is no success, stalls or is far too large. */
export async function download(url: string, get: typeof fetch): Promise<Uint8Array> {
  const abort = new AbortController();
  const stalled = (): void => abort.abort(new Error(`nothing came for ${STALL_MILLISECONDS / 1000} seconds`));
  let timer = setTimeout(stalled, STALL_MILLISECONDS);
  const progress = progressBar(url);
  try {
    const response = await get(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    const total = Number(response.headers.get("content-length") ?? 0);
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(stalled, STALL_MILLISECONDS);
      chunks.push(chunk);
      received += chunk.length;
      if (received > LIMIT_BYTES) throw new Error(`more than ${LIMIT_BYTES} bytes came`);
      progress.update(received, total);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    progress.stop();
  }
}

interface Progress {
  update(received: number, total: number): void;
  stop(): void;
}

/** A bar on a terminal; one line where standard error is a file. */
function progressBar(url: string): Progress {
  if (!process.stderr.isTTY) {
    process.stderr.write(`downloading ${url}\n`);
    return { update: () => undefined, stop: () => undefined };
  }
  const cliProgress = progressBars();
  const bar = new cliProgress.SingleBar(
    { format: `${path(url)} {bar} {percentage} %, {value} of {total} kB`, linewrap: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    update(received, total) {
      bar.setTotal(Math.ceil(Math.max(total, received) / 1000));
      bar.update(Math.ceil(received / 1000));
    },
    stop: () => bar.stop(),
  };
}

function path(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? url;
}
