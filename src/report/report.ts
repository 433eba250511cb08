import { renderDocument } from "./document.js";
import { renderRolloutKey } from "./driven.js";
import type { ReportInput } from "./input.js";
import { renderAlongLap, renderInputs, renderOutputs } from "./laps.js";
import { renderHeadline, renderLearningCurve, renderTable } from "./learning.js";
import { renderModel } from "./model.js";
import { renderModelErrors } from "./model-errors.js";
import { renderMoments, renderMoving } from "./moments.js";
import { renderPlace } from "./place.js";
import { renderSectors } from "./sector-table.js";
import { escapeHtml } from "./text.js";
import { renderTrack } from "./track.js";

/**
 * Renders a training run as one HTML file that needs nothing else: no network, no script, no file beside it. The table
 * holds all numbers that the charts of the learning show.
 */
export function renderReport(input: ReportInput): string {
  const model = renderModel(input.metrics);
  const place = renderPlace(input);
  return renderDocument({
    title: input.title,
    intro: `<p>Training report of task ${escapeHtml(input.task)}</p>`,
    content: `${renderHeadline(input)}
${input.metrics.length > 0 ? section("Learning", renderLearningCurve(input) + renderModelErrors(input)) : ""}
${input.rollouts.length > 0 ? renderDriving(input) : ""}
${place === "" ? "" : section("Where it was", place)}
${input.metrics.length > 0 ? section(`All ${input.unit}s`, renderTable(input)) : ""}
${model ? section("Fitted model", model) : ""}
${section("Configuration", `<details><summary>Show</summary><pre>${escapeHtml(input.configuration)}</pre></details>`)}`,
    footer: `lapgrad ${input.version}`,
  });
}

function renderDriving(input: ReportInput): string {
  const notes = [
    ...(input.lapTime === undefined || input.unit === "lap" ? [] : ["All laps of a rollout lie over each other."]),
    ...input.rollouts
      .filter(({ recording }) => !recording.info.complete)
      .map(
        ({ rollout, recording }) => `The recording of ${input.unit} ${rollout} is incomplete: ${recording.info.note}`,
      ),
  ];
  const hint = input.rollouts.length > 1 ? `<span class="screen">Untick a ${input.unit} to hide it. </span>` : "";
  const along = `<div class="pair">${renderAlongLap(input)}${renderSectors(input)}</div>`;
  const charts = `${renderTrack(input)}${renderMoments(input)}${along}`;
  const intro = `<p>${hint}${escapeHtml(notes.join(" "))}</p>`;
  return (
    section("Driving", `${intro}${renderRolloutKey(input)}<div class="laps">${charts}</div>${renderMoving(input)}`) +
    section("Commands", `<div class="laps"><div class="pair">${renderInputs(input)}</div></div>`) +
    section("Network outputs", renderOutputs(input))
  );
}

function section(heading: string, content: string): string {
  return `<section><h2>${heading}</h2>\n${content}</section>\n`;
}
