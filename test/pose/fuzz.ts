/** Datagrams with all kinds of damage, through the readers and the intake behind them. */
import { PoseIntake } from "../../src/pose/intake.js";
import type { PoseSink } from "../../src/pose/kind.js";
import { NatNetClient } from "../../src/pose/kinds/natnet.js";
import { QtmStream } from "../../src/pose/kinds/qualisys.js";
import { hearJson } from "../../src/pose/kinds/udp.js";
import { FrameTimes, hearVicon } from "../../src/pose/kinds/vicon.js";
import { uniformFrom } from "../../src/statistics.js";
import type { Placed } from "./encoders/bytes.js";
import { frame, models, serverInfo } from "./encoders/natnet.js";
import { data, packet } from "./encoders/qualisys.js";
import { viconPacket } from "./encoders/vicon.js";

type Reader = (bytes: Buffer, arrived: number) => void;

interface Fuzzed {
  make(sink: PoseSink): Reader;
  /** whole packets that are damaged */
  seeds(objects: readonly Placed[], step: number): readonly Buffer[];
}

const company = { markerSets: 1, skeletons: 1, devices: 1 };

function natnet(major: number, minor: number): Fuzzed {
  return {
    make(sink) {
      const client = new NatNetClient(sink, () => {});
      client.hear(serverInfo(major, minor, 1511), 0);
      client.hear(models(major, minor, ["box", "car"], company), 0);
      return (bytes, arrived) => client.hear(bytes, arrived);
    },
    seeds: (objects, step) => [
      frame(major, minor, step, objects, 0.01 * step, company),
      models(major, minor, ["box", "car"], company),
      serverInfo(major, minor, 1511),
    ],
  };
}

export const READERS = {
  udp: {
    make: (sink) => (bytes, arrived) => hearJson(bytes, arrived, sink),
    seeds: (objects, step) =>
      objects.map(({ name, x, y, heading }) =>
        Buffer.from(JSON.stringify({ name, t: 0.01 * step, x, y, phi: heading })),
      ),
  },
  vicon: {
    make(sink) {
      const times = new FrameTimes();
      return (bytes, arrived) => hearVicon(bytes, arrived, times, sink);
    },
    seeds: (objects, step) => [viconPacket(step, objects)],
  },
  "natnet 2.7": natnet(2, 7),
  "natnet 3.1": natnet(3, 1),
  "natnet 4.1": natnet(4, 1),
  qualisys: {
    make(sink) {
      const connected = () => Object.assign(new QtmStream(sink, () => {}), { names: ["box", "car"] });
      let stream = connected();
      return (bytes, arrived) => {
        if (!stream.hear(bytes, arrived)) stream = connected(); // the connection ends
      };
    },
    seeds: (objects, step) => [data(step, objects, 0.01 * step), packet(6, Buffer.from([1]))],
  },
} as const satisfies Readonly<Record<string, Fuzzed>>;

/** Changes, cuts, repeats or makes up bytes. */
function damaged(whole: Buffer, random: () => number): Buffer {
  const how = random();
  if (how < 0.1)
    return Buffer.from(Array.from({ length: Math.floor(300 * random()) }, () => Math.floor(256 * random())));
  const bytes = Buffer.from(how < 0.3 ? whole.subarray(0, Math.floor(whole.length * random())) : whole);
  if (bytes.length === 0) return bytes;
  const at = () => Math.floor(bytes.length * random());
  for (let changes = Math.floor(4 * random()); changes > 0; changes--) {
    const place = at();
    if (random() < 0.5) bytes[place] ^= 1 << Math.floor(8 * random());
    else bytes.fill(random() < 0.5 ? 0xff : 0, place, Math.min(bytes.length, place + Math.ceil(8 * random())));
  }
  return how > 0.9 ? Buffer.concat([bytes, whole]) : bytes;
}

/**
 * So many datagrams, every tenth of them whole, to one reader.
 * @throws Error if a pose comes out that is no number, later than its arrival, or in the future
 */
export function fuzz(name: keyof typeof READERS, count: number, seed: number) {
  const random = uniformFrom(seed);
  let now = 1000;
  let poses = 0;
  let said = 0;
  const intake = new PoseIntake(
    { name: "car", frame: { x: 0, y: 0, angle: 0 }, mount: { x: 0, y: 0, angle: 0 } },
    (row) => {
      poses++;
      if (!row.every(Number.isFinite) || row[0] > row[1] || Math.abs(row[4]) > Math.PI + 1e-12)
        throw new Error(`${name}, seed ${seed}: pose ${row.join()}`);
    },
    () => said++,
    () => now,
  );
  const reader: Fuzzed = READERS[name];
  const read = reader.make(intake);
  let [step, whole] = [0, [Buffer.alloc(0)] as readonly Buffer[]];
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) {
      step++;
      now += 0.01;
      const time = 0.01 * step;
      whole = reader.seeds(
        [
          { name: "box", x: 1, y: 2, heading: 0.5 },
          { name: "car", x: Math.cos(time), y: Math.sin(time), heading: Math.sin(time) },
        ],
        step,
      );
    }
    const seed = whole[Math.floor(whole.length * random())];
    read(i % 10 === 0 ? seed : damaged(seed, random), now);
    intake.look(now);
  }
  return { datagrams: count, poses, said };
}
