/** Times of the thirds of the track, in every rollout that is drawn. */
import { rolloutName } from "./driven.js";
import type { ReportInput } from "./input.js";
import { SECTORS, sectorTimes } from "./sectors.js";
import { escapeHtml, formatFixed } from "./text.js";

/** Empty where the task has no track. */
export function renderSectors(input: ReportInput): string {
  const { rollouts, track } = input;
  if (track.length === 0) return "";
  const heads = Array.from({ length: SECTORS }, (_, i) => `<th scope="col">sector ${i + 1}<small> [s]</small></th>`);
  const body = rollouts.map(({ recording }, place) => {
    const times = sectorTimes(recording, track);
    const whole = times.reduce((sum, time) => sum + time, 0);
    const cells = [...times, whole].map((time) => `<td>${formatFixed(time, 2)}</td>`);
    return `<tr><th scope="row">${escapeHtml(rolloutName(input, place))}</th>${cells.join("")}</tr>`;
  });
  return `<figure><figcaption><h3>Seconds in the thirds of the track</h3></figcaption><div class="table"><table>
<thead><tr><th></th>${heads.join("")}<th scope="col">all<small> [s]</small></th></tr></thead>
<tbody>${body.join("")}</tbody></table></div></figure>`;
}
