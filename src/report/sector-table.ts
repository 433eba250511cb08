/** Times of the thirds of the track, in every rollout that is drawn; in a race, also what they lost. */
import { rolloutName } from "./driven.js";
import type { ReportInput } from "./input.js";
import { askedSectorTime, SECTORS, sectorTimes } from "./sectors.js";
import { escapeHtml, formatFixed } from "./text.js";

/** Empty where the task has no track. */
export function renderSectors(input: ReportInput): string {
  const { rollouts, track, metrics, lapTime } = input;
  if (track.length === 0) return "";
  const usageOf = (rollout: number) => metrics.find(({ index }) => index === rollout)?.usage;
  const isRace = rollouts.some(({ rollout }) => usageOf(rollout) !== undefined);
  const heads = Array.from({ length: SECTORS }, (_, i) => `<th scope="col">sector ${i + 1}<small> [s]</small></th>`);
  const body = rollouts.map(({ rollout, recording }, place) => {
    const times = sectorTimes(recording, track);
    const whole = times.reduce((sum, time) => sum + time, 0);
    const usage = usageOf(rollout);
    const losses =
      usage === undefined || lapTime === undefined ? [] : lossTexts(times, askedSectorTime(lapTime, usage));
    const cells = [...times, whole].map((time, i) => {
      const lost = losses[i] === undefined ? "" : `<small> (${losses[i]})</small>`;
      return `<td>${formatFixed(time, 2)}${lost}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(rolloutName(input, place))}</th>${cells.join("")}</tr>`;
  });
  const note = isRace ? "<p>In brackets what was lost against the speeds that the lap was asked for.</p>" : "";
  return `<figure><figcaption><h3>Seconds in the thirds of the track</h3>${note}</figcaption><div class="table"><table>
<thead><tr><th></th>${heads.join("")}<th scope="col">all<small> [s]</small></th></tr></thead>
<tbody>${body.join("")}</tbody></table></div></figure>`;
}

/** What sectors took beyond `asked` [s] each, with its sign. */
export function lossTexts(times: readonly number[], asked: number): string[] {
  return times.map((time) => `${time < asked ? "" : "+"}${(time - asked).toFixed(2)}`);
}
