// Opens a saved model for prediction, or for more training when a loss and an optimizer are given.
import { readFile } from "node:fs/promises";
import { decodeModelFile } from "../checkpoint/model_file.js";
import { DataError } from "../errors.js";
import { translateError } from "./native.js";
import { Trainer } from "./trainer.js";
import type { TrainerOptions } from "./trainer_options.js";

/**
 * Reads what `trainer.save` wrote. The result predicts at once; with `loss` it evaluates, with `optimizer` too it trains on
 * from the saved weights (the optimizer starts afresh).
 * Throws DataError for a file that is missing, truncated, foreign or altered.
 */
export async function load(file: string, options: Omit<TrainerOptions, "standardizeTargets"> = {}): Promise<Trainer> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new DataError(
      `${file}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  const { model, weights, settings } = decodeModelFile(bytes, file);
  const { standardizeTargets, scaled, classes, featureNames, targetNames } = settings;
  const trainer = new Trainer(model, { ...options, standardizeTargets: standardizeTargets === true });
  try {
    trainer.adopt(
      weights,
      { ...(classes && { classes }), ...(featureNames && { featureNames }), ...(targetNames && { targetNames }) },
      scaled === true,
    );
    return trainer;
  } catch (error) {
    trainer.dispose();
    const translated = translateError(error);
    throw translated instanceof DataError
      ? new DataError(`${file}: ${translated.message}`, { cause: error })
      : translated;
  }
}
