/** How well the fitted model explains the driving, rollout by rollout. */
import { extentOf, linearAxis, logAxis } from "./axis.js";
import { renderChart } from "./chart.js";
import type { ReportInput } from "./input.js";
import { minutesBefore } from "./learning.js";

const PREFIX = "modelError.";

/** `modelError.turnRate` -> `turn rate`. */
function wordsOf(name: string): string {
  return name.slice(PREFIX.length).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A small chart per model error, against the driving learned from; empty where no model was fitted. */
export function renderModelErrors({ metrics, modelErrors, unit: unitOfWork }: ReportInput): string {
  const names = [...new Set(metrics.flatMap((one) => Object.keys(one).filter((name) => name.startsWith(PREFIX))))];
  const minutes = minutesBefore(metrics).slice(0, -1);
  const along = { name: unitOfWork, values: metrics.map(({ index }) => index) };
  const drawn = names.sort().flatMap((name) => {
    const errors = metrics.map((one) => (one[name] > 0 ? one[name] : NaN));
    const { lo, hi } = extentOf(errors);
    if (!(hi > 0)) return [];
    const unit = modelErrors[name] === undefined ? "" : ` [${modelErrors[name]}]`;
    return renderChart({
      heading: `Model error: ${wordsOf(name)}${unit}`,
      description: `What the fitted model does not explain of the ${wordsOf(name)}, ${unitOfWork} by ${unitOfWork}`,
      width: 490,
      height: 150,
      x: linearAxis({ lo: -0.02 * (minutes.at(-1) || 1), hi: 1.02 * (minutes.at(-1) || 1) }, 6),
      y: logAxis({ lo: lo / 1.5, hi: hi * 1.5 }),
      xLabel: `driving before the ${unitOfWork} [min]`,
      lines: [
        { className: "curve", name: "model error", along, x: minutes, y: errors },
        ...errors.map((error, i) => ({ className: "dot", x: [minutes[i]], y: [error] })),
      ],
    });
  });
  return drawn.length === 0
    ? ""
    : `<p>What the model, fitted before a ${unitOfWork} was over, left unexplained: root mean square, logarithmic.</p>
<div class="pair">${drawn.join("\n")}</div>`;
}
