/**
 * Somebody's own script: one JSON object per datagram, {"name": "car", "t": 12.34, "x": 1.5, "y": -0.2, "phi": 0.1}.
 */
import { printableLine } from "../../output.js";
import type { PoseKind, PoseSink } from "../kind.js";
import { openPort } from "../udp-port.js";

const PORT = 5005;
/** No such object needs more [byte]. */
const LONGEST = 1024;
const FORM = '{"name": "car", "t": seconds, "x": metres, "y": metres, "phi": radians}, name and t may be missing';

/** Whether a datagram has a pose of the car. */
export function hearJson(data: Buffer, arrived: number, sink: PoseSink): boolean {
  const refuse = (why: string) => {
    sink.remark(`a datagram ${why}; allowed is ${FORM}`);
    return false;
  };
  if (data.length > LONGEST) return refuse(`of ${data.length} bytes, more than ${LONGEST}`);
  let value: unknown;
  try {
    value = JSON.parse(data.toString("utf8"));
  } catch {
    return refuse("is no JSON");
  }
  if (typeof value !== "object" || value === null) return refuse("is no JSON object");
  const { name = "", t = Number.NaN, x, y, phi } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") return refuse("has a name that is no text");
  const wrong = Object.entries({ x, y, phi }).find(([, number]) => typeof number !== "number");
  if (wrong) return refuse(`has ${wrong[0]}: ${printableLine(JSON.stringify(wrong[1]) ?? "nothing", 30)}`);
  const time = typeof t === "number" ? t : Number.NaN;
  const pose = { name, x: x as number, y: y as number, heading: phi as number, tilt: 0, taken: time, sent: time };
  return sink.take(pose, arrived);
}

const udp: PoseKind = {
  summary: "JSON datagrams of a script of your own",
  silence: "let the script send to this computer's address and that port, and let a firewall pass it",
  within: 10,
  async open(where, sink) {
    await openPort(where ?? {}, where?.port ?? PORT, {
      hear: (data, arrived) => hearJson(data, arrived, sink),
      remark: (text) => sink.remark(text),
    });
  },
};

export default udp;
