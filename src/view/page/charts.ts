/// <reference lib="dom" />
/** The charts of the report, of what the page knows so far. */

import { renderRolloutKey } from "../../report/driven.js";
import { renderAlongLap, renderInputs, renderOutputs } from "../../report/laps.js";
import { renderHeadline, renderLearningCurve, renderTable } from "../../report/learning.js";
import { renderModel } from "../../report/model.js";
import { renderModelErrors } from "../../report/model-errors.js";
import { Explorer } from "../../report/page/explorer.js";
import { renderSectors } from "../../report/sector-table.js";
import { escapeHtml } from "../../report/text.js";
import { fillPart, part } from "./elements.js";
import type { Run } from "./runs.js";

export class Charts {
  readonly #explorer = new Explorer();

  /** Draws everything anew that has changed; `shown`: the rollout that is played. */
  draw(runs: readonly Run[], shown: number): void {
    this.#fill(runs, shown);
    this.#explorer.refresh();
  }

  #fill(runs: readonly Run[], shown: number): void {
    const input = runs[0]?.report(shown);
    if (!input) return;
    fillPart("headline", renderHeadline(input), "headline");
    fillPart(
      "learning-charts",
      runs.map((run, i) => learningOf(run, i === 0 ? shown : run.best, runs.length > 1)).join("\n"),
      "learning",
    );
    fillPart("model-table", renderModel(input.metrics), "model");
    const isOpen = (part("table-details") as HTMLDetailsElement).open;
    fillPart("table-rows", isOpen ? renderTable(input) : " ", "table");
    if (input.rollouts.length === 0) return;
    const unticked = [...document.querySelectorAll<HTMLInputElement>("#key input:not(:checked)")].map(({ id }) => id);
    fillPart("key", renderRolloutKey(input), "along");
    for (const id of unticked) {
      const box = document.getElementById(id);
      if (box instanceof HTMLInputElement) box.checked = false;
    }
    fillPart("along-charts", renderAlongLap(input) + renderInputs(input) + renderSectors(input), "along");
    const outputs = renderOutputs(input);
    fillPart("outputs-charts", outputs.includes("<figure") ? outputs : "", "outputs");
  }

  /** Shows where in the lap the robot is, as a part of the charts' width. */
  moveCursor(along: number): void {
    for (const plot of document.querySelectorAll<HTMLElement>("#along-charts .plot")) {
      let cursor = plot.querySelector<HTMLElement>(".cursor");
      if (!cursor) {
        cursor = document.createElement("div");
        cursor.className = "cursor";
        plot.append(cursor);
      }
      const left = this.#explorer.plotOf(plot)?.within("x", along) ?? along;
      cursor.style.left = `${100 * left}%`;
      cursor.hidden = left < 0 || left > 1;
    }
  }
}

/** Learning curve and model errors of a run, under its name where there are two. */
function learningOf(run: Run, shown: number, isNamed: boolean): string {
  const input = run.report(shown);
  if (!input) return "";
  const name = isNamed ? `<p>${escapeHtml(input.title)}</p>` : "";
  return `${name}${renderLearningCurve(input)}${renderModelErrors(input)}`;
}
