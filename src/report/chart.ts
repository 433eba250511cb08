import type { Axis } from "./axis.js";
import { pathData } from "./polyline.js";
import { escapeHtml } from "./text.js";

/** Drawing units per pixel at the size given: whole numbers in the paths are a tenth of a pixel. */
const UNITS = 10;
/** Distance [pixel] by which a thinned line may miss a point: cannot be seen. */
const TOLERANCE = 0.15;

/** A line of a chart. */
export interface ChartLine {
  /** class names, which give it its colour */
  readonly className: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** what its values are called where they are read off (page/explorer.ts); without a name nobody can */
  readonly name?: string;
  /** a number at each point that no axis shows, and its name: what passes along a path, or the lap of a cost */
  readonly along?: { readonly name: string; readonly values: ArrayLike<number> };
  /** text shown where the pointer rests on it */
  readonly hint?: string;
  /** it moves through these places again and again, one after the other at equal times; each has as many points */
  readonly moves?: { readonly seconds: number; readonly places: readonly Pick<ChartLine, "x" | "y">[] };
}

/** A chart: curves and dots over two axes. */
export interface Chart {
  /** heading, with the unit of the vertical axis */
  readonly heading: string;
  /** a sentence below the heading */
  readonly note?: string;
  /** for screen readers */
  readonly description: string;
  /** size [pixel] of the plot on a wide screen */
  readonly width: number;
  readonly height: number;
  /** keep the ratio of width and height on every screen, as a map needs */
  readonly fixedRatio?: boolean;
  readonly x: Axis;
  readonly y: Axis;
  readonly xLabel: string;
  readonly lines: readonly ChartLine[];
}

/**
 * A chart as HTML. The curves are an SVG as large as the plot, with strokes that do not scale; all text is HTML beside
 * it, so that it has its own size on every screen. No script is needed, and it prints as it is. What
 * page/plot.ts needs to read values off it and to enlarge a part stands in its attributes.
 */
export function renderChart(chart: Chart): string {
  const [width, height] = [chart.width * UNITS, chart.height * UNITS];
  const frame = chart.fixedRatio
    ? `aspect-ratio:${chart.width}/${chart.height};max-width:${chart.width}px`
    : `height:${chart.height}px`;
  const grid =
    chart.y.ticks.map(({ at }) => `M0 ${Math.round((1 - at) * height)}h${width}`).join("") +
    chart.x.ticks.map(({ at }) => `M${Math.round(at * width)} 0v${height}`).join("");
  const note = chart.note ? `<p>${escapeHtml(chart.note)}</p>` : "";
  const description = escapeHtml(chart.description);
  // what a reader's cursor runs along: on a map it is not what lies to the right
  const key = chart.fixedRatio ? (chart.lines.find(({ along }) => along)?.along?.name ?? "") : chart.xLabel;
  const data = `${axisData("x", chart.x)} ${axisData("y", chart.y)} data-key="${escapeHtml(key)}"`;
  return `<figure>
<figcaption><h3>${escapeHtml(chart.heading)}</h3>${note}</figcaption>
<div class="plot${chart.fixedRatio ? " map" : ""}" style="${frame}" ${data}>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${description}">
<path class="grid" d="${grid}"/>
${chart.lines.map((line) => renderLine(line, chart)).join("\n")}
</svg>
${chart.y.ticks.map(({ at, label }) => `<i class="y" style="bottom:${percent(at)}">${label}</i>`).join("")}
${chart.x.ticks.map(({ at, label }) => `<i class="x" style="left:${percent(at)}">${label}</i>`).join("")}
</div>
<div class="axis"${chart.fixedRatio ? ` style="max-width:${chart.width}px"` : ""}>${escapeHtml(chart.xLabel)}</div>
</figure>`;
}

function axisData(name: "x" | "y", { scale, extent }: Axis): string {
  return `data-${name}="${scale} ${extent.lo} ${extent.hi}"`;
}

/** The path of a line in a chart's SVG; `keep` as in {@link pathData}. */
export function linePath(
  { x, y }: Pick<ChartLine, "x" | "y">,
  chart: Pick<Chart, "width" | "height" | "x" | "y">,
  keep?: (index: number) => void,
): string {
  const [width, height] = [chart.width * UNITS, chart.height * UNITS];
  const xs = Array.from(x, (value) => chart.x.position(value) * width);
  const ys = Array.from(y, (value) => (1 - chart.y.position(value)) * height);
  return pathData(xs, ys, TOLERANCE * UNITS, 20 * Math.max(width, height), keep);
}

function renderLine(line: ChartLine, chart: Chart): string {
  const kept: number[] = [];
  const path = linePath(line, chart, (index) => kept.push(index));
  const name = line.name === undefined ? "" : ` data-name="${escapeHtml(line.name)}"`;
  const hint = line.hint === undefined ? "" : `<title>${escapeHtml(line.hint)}</title>`;
  const moves = line.moves === undefined ? "" : renderMoves(line.moves, chart);
  const inside = hint + moves;
  const start = `<path class="${line.className}" d="${path}"${name}${alongData(line, kept)}`;
  return inside === "" ? `${start}/>` : `${start}>${inside}</path>`;
}

function alongData({ along }: ChartLine, kept: readonly number[]): string {
  if (!along) return "";
  const values = kept.map((index) => Number(along.values[index].toFixed(2)));
  return ` data-along="${values.join(" ")}" data-along-name="${escapeHtml(along.name)}"`;
}

/** Without a script: the browser draws what lies between the places. */
function renderMoves({ seconds, places }: NonNullable<ChartLine["moves"]>, chart: Chart): string {
  const [width, height] = [chart.width * UNITS, chart.height * UNITS];
  const values = places.map(({ x, y }) => {
    const points = Array.from(x, (value, i) => {
      const across = Math.round(chart.x.position(value) * width);
      return `${i === 0 ? "M" : "L"}${across} ${Math.round((1 - chart.y.position(y[i])) * height)}`;
    });
    return points.length === 1 ? `${points[0]}h0` : points.join(""); // a dot is a step of no length
  });
  const time = `dur="${Number(seconds.toFixed(2))}s" repeatCount="indefinite"`;
  return `<animate attributeName="d" ${time} values="${values.join(";")}"/>`;
}

function percent(part: number): string {
  return `${Number((100 * part).toFixed(2))}%`;
}
