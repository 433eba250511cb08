import type { RolloutMetrics } from "../training/metrics.js";
import { type FittedParameter, modelOf, UNDETERMINED } from "../training/model-numbers.js";
import { escapeHtml, formatNumber } from "./text.js";

/** The model as fitted before the last rollout, with how sure it is; empty if none was. */
export function renderModel(metrics: readonly RolloutMetrics[]): string {
  const parameters = Object.entries(modelOf({ ...metrics.at(-1) }));
  if (parameters.length === 0) return "";
  const rows = parameters.map(([name, parameter]) => {
    const numbers = [parameter.value, parameter.standardError].map((value) => `<td>${number(value)}</td>`).join("");
    const note = `<td class="note">${escapeHtml(remark(parameter))}</td>`;
    return `<tr><th scope="row">${escapeHtml(name)}</th>${numbers}${note}</tr>`;
  });
  return `<div class="table" tabindex="0" role="region" aria-label="Fitted model"><table>
<thead><tr><th scope="col">Parameter</th><th scope="col">Value</th>
<th scope="col">Standard error</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

const number = (value: number | undefined): string =>
  value === undefined ? "" : `<data value="${value}">${formatNumber(value, 3)}</data>`;

function remark({ determined, correlations }: FittedParameter): string {
  const together = Object.keys(correlations ?? {});
  return [
    determined === false ? UNDETERMINED : "",
    together.length > 0 ? `hardly told apart from ${together.join(", ")}` : "",
  ]
    .filter((text) => text !== "")
    .join("; ");
}
