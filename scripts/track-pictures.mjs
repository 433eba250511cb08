/** Draws the example tracks beside their files: node scripts/track-pictures.mjs, after a build. */
import { readdirSync, writeFileSync } from "node:fs";
import { trackFrom } from "../build/src/tracks/make.js";
import { readRawTrack } from "../build/src/tracks/read.js";
import { shapeOf } from "../build/src/tracks/track.js";

const FOLDER = new URL("../examples/tracks/", import.meta.url).pathname;
/** Pixels per metre, and around the track. */
const SCALE = 36;
const MARGIN = 12;

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"))) {
  const track = trackFrom(readRawTrack(`${FOLDER}${file}`));
  writeFileSync(`${FOLDER}${file.replace(".yaml", ".svg")}`, picture(track));
}

function picture(track) {
  const { heading } = shapeOf(track);
  const beside = (room, side) =>
    [...track.x.keys()].map((i) => [
      track.x[i] - side * room[i] * Math.sin(heading[i]),
      track.y[i] + side * room[i] * Math.cos(heading[i]),
    ]);
  const path = [...track.x.keys()].map((i) => [track.x[i], track.y[i]]);
  const lines = [beside(track.left, 1), beside(track.right, -1), path];
  const all = lines.flat();
  const [left, right] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [low, high] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  const [width, height] = [right - left, high - low].map((size) => Math.round(SCALE * size + 2 * MARGIN));
  const at = ([x, y]) => `${(MARGIN + SCALE * (x - left)).toFixed(1)} ${(MARGIN + SCALE * (high - y)).toFixed(1)}`;
  const drawn = (points, style) =>
    `<path d="M${points
      .filter((_, i) => i % 4 === 0)
      .map(at)
      .join("L")}Z" ${style}/>`;
  const [x, y] = at(path[0]).split(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${track.name}</title>`,
    '<g fill="none" stroke-linejoin="round">',
    ...lines.slice(0, 2).map((line) => drawn(line, 'stroke="#7aa7c7" stroke-width="1"')),
    drawn(path, 'stroke="#008f6b" stroke-width="3"'),
    `</g>\n<circle cx="${x}" cy="${y}" r="5" fill="#d55e00"/>\n</svg>\n`,
  ].join("\n");
}
