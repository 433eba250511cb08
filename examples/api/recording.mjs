/** Reads the recording of a drive: how far the car was from its track, and what it was told. */
import { drive, openRecording } from "lapgrad";

const file = "runs/drive-from-javascript.mcap";
const { laps } = await drive("runs/from-javascript", { laps: 2, out: file });
console.log(`cost per step of the laps: ${laps.map(({ meanCost }) => meanCost.toFixed(3)).join(", ")}`);

const [recording] = (await openRecording(file)).recordings;
const { columns, task } = recording.info;
console.log(`${task}: ${recording.times.length} control steps, ${recording.segmentTimes.length} network calls`);
for (const [column, name] of columns.input.entries()) {
  const values = recording.inputs.filter((_, i) => i % columns.input.length === column);
  console.log(`${name} from ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`);
}
