/** How much the prediction depends on the model's input gains: the raw model of the car with other gains than 1. */
import { join } from "node:path";
import { digits } from "../output.js";
import { readAuthors } from "../recording/authors.js";
import { carFigure8 } from "../tasks/car-figure8.js";
import { type Agreement, agreementOf } from "./agreement.js";
import { inTurn } from "./in-turn.js";
import { replayRun, type Variant } from "./predicted-change.js";
import { pairsOf, RUNS, words } from "./prediction-pairs.js";

/** Throttle and steering gain; the fits say about 6 m/s² and 4 1/m. */
const GAINS = [0.25, 0.5, 1, 2, 4];

/** Both runs of the JetRacer with one pair of gains. */
export interface GainRow {
  readonly gain: number;
  readonly truncation: Variant["truncation"];
  readonly agreement: Agreement;
}

export async function gainRows(reference: string): Promise<GainRow[]> {
  const runs = RUNS.filter(({ robot }) => robot === "JetRacer");
  const files = await Promise.all(runs.map(({ file }) => readAuthors(join(reference, "authors", `${file}.json.gz`))));
  const cases = (["none", "segment"] as const).flatMap((truncation) => GAINS.map((gain) => ({ truncation, gain })));
  return inTurn(cases, async ({ truncation, gain }) => {
    const parameters = { ...carFigure8.model.raw, throttleGain: gain, steeringGain: gain };
    const pairs = await inTurn(files, async ({ recordings, settings }, i) => {
      const models = recordings.map(() => ({ parameters, delays: [0, 0] }));
      const rollouts = await replayRun(recordings, models, truncation, settings);
      return pairsOf({ run: runs[i], variant: { model: "raw", truncation }, rollouts }, 1);
    });
    return { gain, truncation, agreement: agreementOf(pairs.flat()) };
  });
}

export function gainTable(rows: readonly GainRow[]): string[][] {
  return [
    ["gains", "gradient", "correlation", "slope", "mean predicted"],
    ...rows.map(({ gain, truncation, agreement: a }) => [
      `${gain}`,
      words({ model: "raw", truncation }),
      digits(a.correlation, 2),
      digits(a.slope, 2),
      (1e3 * a.meanPredicted).toPrecision(3),
    ]),
  ];
}
