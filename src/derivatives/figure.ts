/** The figure of a diagnosis: measured and model's gradient side by side, and what shaking did along the lap. */
import { extentOf, linearAxis, pad, union } from "../report/axis.js";
import { renderChart } from "../report/chart.js";
import { CURVES, renderDocument } from "../report/document.js";
import { renderKey } from "../report/key.js";
import { escapeHtml } from "../report/text.js";
import type { Diagnosis } from "./diagnose.js";
import { HALF } from "./diagnosis.js";

const STYLE = `${CURVES}
.measured{--c:var(--blue)}.model{--c:var(--orange)}.point{stroke:var(--c);stroke-width:7}`;

/** The page, self-contained. `sentence`: the verdict in words; `origin`: what was looked at. */
export function diagnosisPage(diagnosis: Diagnosis, sentence: string, origin: string): string {
  const key = renderKey([
    { className: "median measured", label: "measured, with its 90 % interval" },
    { className: "median model", label: "model" },
  ]);
  return renderDocument({
    title: "Is the model good enough?",
    style: STYLE,
    intro: `<p>${escapeHtml(sentence)}</p>`,
    content: `<section>${key}${gradientChart(diagnosis)}${pathChart(diagnosis)}</section>`,
    footer: origin,
  });
}

function gradientChart({ estimate, model }: Diagnosis): string {
  const { space, gradient } = estimate;
  const p = space.size;
  const errors = gradient.values.map((_, i) => HALF * Math.sqrt(gradient.covariance[i * p + i]));
  const ends = [...gradient.values].flatMap((value, i) => [value - errors[i], value + errors[i]]);
  const y = pad(union(extentOf(ends), { lo: 0, hi: 0 }), 0.1);
  const names = space.parameters.map(({ name }, i) => `${i + 1} ${name}`).join(", ");
  return renderChart({
    heading: "Change of the cost of a lap, per unit of each parameter",
    note: names,
    description: "Measured gradient with intervals, and the model's, parameter by parameter",
    width: 760,
    height: 300,
    x: linearAxis({ lo: 0.4, hi: p + 0.6 }, p),
    y: linearAxis(y, 6),
    xLabel: "parameter",
    lines: [
      { className: "zero", x: [0.4, p + 0.6], y: [0, 0] },
      ...space.parameters.flatMap(({ name }, i) => {
        const at = i + 1;
        const value = gradient.values[i];
        return [
          { className: "median measured", x: [at, at], y: [value - errors[i], value + errors[i]], hint: name },
          { className: "point measured", x: [at], y: [value], hint: `${name}, measured` },
          { className: "point model", x: [at + 0.15], y: [model[i]], hint: `${name}, model` },
        ];
      }),
    ],
  });
}

/** How far one unit of each parameter moves the position, along the lap. */
function pathChart({ estimate }: Diagnosis): string {
  const { cells, space, path } = estimate;
  const n = cells[0].values.length / space.size;
  const moved = space.parameters.map((_, i) => cells.map(({ values }) => Math.hypot(values[i * n], values[i * n + 1])));
  return renderChart({
    heading: "How far one unit of each parameter moves the position [m]",
    description: "Measured sensitivity of the position along the lap, a line per parameter",
    width: 760,
    height: 240,
    x: linearAxis({ lo: 0, hi: path.lapTime }, 6),
    y: linearAxis(pad(union(extentOf(moved.flat()), { lo: 0, hi: 0 }), 0.05), 5),
    xLabel: "time into the lap [s]",
    lines: moved.map((y, i) => ({
      className: "curve",
      x: cells.map(({ phase }) => phase),
      y,
      hint: space.parameters[i].name,
    })),
  });
}
