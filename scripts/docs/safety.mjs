/** The tables of docs/safety.md, which lie between markers on the page, from the tables of the control loop. */
import { timeoutRows } from "../../build/src/config/timeouts.js";
import { protocol } from "../../build/src/links/wire/protocol.js";
import { HEARTBEAT_WITHIN } from "../../build/src/runtime/gates.js";
import { stateRows, transitionRows } from "../../build/src/runtime/states.js";
import { stopRows } from "../../build/src/runtime/stops.js";
import { between } from "./markers.mjs";

/** A table; `columns`: the heading of each field that is shown. */
function table(columns, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const names = Object.keys(columns);
  const head = [line(Object.values(columns)), `|${"---|".repeat(names.length)}`];
  return [...head, ...rows.map((row) => line(names.map((name) => row[name])))].join("\n");
}

const REST = { noticed: "noticed after", remedy: "what to do" };

/** The page with its tables made anew; `defaults`: a complete configuration. */
export function safetyPage(defaults) {
  const { gates, stops, reports } = stopRows({ ...defaults, heartbeatWithin: HEARTBEAT_WITHIN });
  const tables = {
    gates: table({ says: "it says", limit: "setting, default", ...REST }, gates),
    stops: table({ says: "it says", ...REST }, stops),
    reports: table({ says: "it says", ...REST }, reports),
    timeouts: table(
      { layer: "who", waits: "waits for", rule: "for", at50: "at 0.02 s", at20: "at 0.05 s", at10: "at 0.1 s" },
      timeoutRows(protocol.commandTimeout / 1000),
    ),
    states: table({ state: "state", board: "the board", car: "the car" }, stateRows()),
    transitions: table({ from: "from", when: "when", to: "to", does: "on the way" }, transitionRows()),
  };
  return between("docs/safety.md", tables);
}
