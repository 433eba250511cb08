/** What stops a robot by itself, for a terminal: the tables of docs/safety.md, from the same source. */
import { completeConfig } from "../config/config.js";
import { HEARTBEAT_WITHIN } from "../runtime/gates.js";
import { type StopRow, stopRows } from "../runtime/stops.js";
import { wrapped } from "./wrapped.js";

/** Widest line. */
const COLUMNS = 80;
const INDENT = 13;

const HEADINGS = {
  gates: "Gates, at every control step of an armed robot, in this order:",
  stops: "What else the program finds:",
  reports: "What the robot reports, or the node of ROS 2:",
} as const;

/** The tables, limits as they are by default. */
export function stopTables(): ReturnType<typeof stopRows> {
  return stopRows({ ...completeConfig({}), heartbeatWithin: HEARTBEAT_WITHIN });
}

/** The tables in lines of at most 80 characters. */
export function formatStops(tables: ReturnType<typeof stopRows>): string {
  const parts = (["gates", "stops", "reports"] as const).flatMap((name) => [HEADINGS[name], ...tables[name].map(stop)]);
  const after = "Each is latched: nothing drives on without a new command, and --arm. More: docs/safety.md";
  return [...parts, wrapped(after, 0, COLUMNS)].join("\n\n");
}

function stop({ says, limit, noticed, remedy }: StopRow): string {
  const field = (name: string, value: string) =>
    `    ${name.padEnd(INDENT - 4)}${wrapped(value, INDENT, COLUMNS).trim()}`;
  const fields = { limit: limit.replaceAll("`", ""), noticed: noticed, remedy };
  const lines = Object.entries(fields).filter(([, value]) => value !== "");
  return [wrapped(says, 2, COLUMNS), ...lines.map(([name, value]) => field(name, value))].join("\n");
}
