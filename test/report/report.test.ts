import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Recording } from "../../src/recording/recording.js";
import { alongAim } from "../../src/report/aims.js";
import type { ReportInput } from "../../src/report/input.js";
import { renderReport } from "../../src/report/report.js";
import { tasks } from "../../src/tasks/tasks.js";
import type { RolloutMetrics } from "../../src/training/metrics.js";
import { SCRIPT } from "../support/page-script.js";
import { metricsOf, recordingOf, reportOf } from "./fixture.js";

/** Anything a browser could be asked to fetch, and anything it could run, beside the page's own script. */
const FETCHES = /https?:|\/\/[a-z]|\bsrc=|\bhref=|<link|<script|<iframe|<object|@import|url\(|\son[a-z]+=/i;
/** What a script could fetch with, or make of texts. */
const REACHES =
  /fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(|\beval|Function\(|https?:|localStorage|cookie/;
/** What a number that slipped through would leave behind. */
const DEBRIS = /NaN|Infinity|undefined|\[object/;

const pathsOf = (page: string): string[] => [...page.matchAll(/ d="([^"]*)"/g)].map((match) => match[1] ?? "");
const classesOf = (page: string): string[] =>
  [...page.matchAll(/<path class="([^"]*)"/g)].map((match) => match[1] ?? "");
const headingsOf = (page: string): string[] => [...page.matchAll(/<h[23]>([^<]*)</g)].map((match) => match[1] ?? "");

function expectSound(whole: string): void {
  const [, script = ""] = SCRIPT.exec(whole) ?? [];
  expect(whole).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  expect(script).not.toMatch(REACHES);
  const page = whole.replace(SCRIPT, "");
  expect(page).not.toMatch(FETCHES);
  expect(page).not.toMatch(DEBRIS);
  for (const path of pathsOf(page)) expect(path).toMatch(/^(M-?\d+ -?\d+([hvl]( ?-?\d+)*)?)*$/);
  for (const tag of ["section", "figure", "div", "svg", "table", "span", "label", "title"]) {
    const opened = page.match(new RegExp(`<${tag}[ >]`, "g"))?.length ?? 0;
    expect([tag, page.match(new RegExp(`</${tag}>`, "g"))?.length ?? 0]).toEqual([tag, opened]);
  }
}

describe("the page", () => {
  test("has every part, fetches nothing, runs nothing but its script, and is small", () => {
    const page = renderReport(reportOf(15));
    expectSound(page);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-`);
    expect(headingsOf(page)).toEqual([
      "Learning",
      "Window cost (logarithmic)",
      "Driving",
      "Track from above, y [m]",
      "The robot along the lap, y [m]",
      "Speed [m/s]",
      "Radial error [m]",
      "Seconds in the thirds of the track",
      "first, rollout 1",
      "best and last, rollout 15",
      "Commands",
      "Throttle",
      "Steering",
      "Network outputs",
      "setpoint x [m]",
      "k_v",
      "All rollouts",
      "Configuration",
    ]);
    const [, script = ""] = SCRIPT.exec(page) ?? [];
    expect(page.length - script.length).toBeLessThan(100_000);
    expect(script.length).toBeLessThan(35_000);
  });

  test("draws what a simulation says of the body, if it does, a chart for each column", () => {
    const input = reportOf(3);
    const rollouts = input.rollouts.map((drawn) => {
      const { info, times } = drawn.recording;
      const columns = { ...info.columns, body: ["roll [rad]", "slip sideways, front"] };
      const body = Float64Array.from({ length: 2 * times.length }, (_, i) => 0.01 * Math.sin(i));
      return { ...drawn, recording: { ...drawn.recording, info: { ...info, columns }, body } };
    });
    const page = renderReport({ ...input, rollouts });
    expectSound(page);
    const headings = headingsOf(page);
    const radial = headings.indexOf("Radial error [m]");
    expect(headings.slice(radial, radial + 7)).toEqual([
      "Radial error [m]",
      "Roll [rad]",
      "Slip sideways, front",
      "Seconds in the thirds of the track",
      "first, rollout 1",
      "best and last, rollout 3",
      "Commands",
    ]);
  });

  test("escapes every text it is given", () => {
    const evil = `</script><img src=x onerror="alert('1')">&`;
    const input = reportOf(2);
    const recording = recordingOf(1, 50, 0.1);
    const columns = { ...recording.info.columns, residual: [`radial ${evil}`, "b"] };
    const info = { ...recording.info, task: evil, note: evil, complete: false, columns };
    const page = renderReport({
      ...input,
      title: evil,
      task: evil,
      configuration: evil,
      version: evil,
      outputNames: [evil, evil],
      rollouts: [{ label: evil, rollout: 1, recording: { ...recording, info } }],
    });
    expect(page).not.toContain("<img");
    expect(page.split("</script")).toHaveLength(2); // the end of its own
    expect(page).not.toContain(`"alert`);
    const safe = "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
    // title twice, task, incomplete note, label four times, residual twice, two outputs twice, configuration, version,
    // and as what lines are called: on the track, of two quantities, two inputs and in the outputs
    expect(page.split(safe).length - 1).toBe(22);
  });

  test("says the same with the same input", () => {
    expect(renderReport(reportOf(3))).toBe(renderReport(reportOf(3)));
  });
});

describe("the numbers", () => {
  test("in the table equal the metrics to the last digit, and are shown rounded", () => {
    const input = reportOf(5);
    const [, table = ""] = renderReport(input).split("<h2>All rollouts</h2>");
    const rows = [...table.matchAll(/<tr[^>]*><th scope="row">(.*?)<\/tr>/g)].map((match) => match[1] ?? "");
    expect(rows).toHaveLength(5);
    for (const [row, metrics] of input.metrics.entries()) {
      const cells = [...(rows[row] ?? "").matchAll(/<data value="([^"]*)">([^<]*)</g)];
      const values = cells.map((cell) => Number(cell[1]));
      const { seconds, windowCost, cost, meanCost, rmsRadialError, meanSpeed, gradientNorm } = metrics;
      const expected = [seconds, windowCost, cost, meanCost, rmsRadialError, meanSpeed, gradientNorm];
      expect(values.slice(1)).toEqual(expected);
      expect(values[0]).toBeCloseTo((row * 21.84) / 60, 12);
      for (const cell of cells) {
        const shown = Number((cell[2] ?? "").replace("−", "-"));
        expect(Math.abs(shown - Number(cell[1]))).toBeLessThanOrEqual(0.006 * Math.abs(Number(cell[1])));
      }
    }
    expect(rows[4]).toMatch(/^5 best</);
  });

  test("in the headline go from the first to the best rollout", () => {
    const page = renderReport(reportOf(5)).replace(/<[^>]*>/g, "");
    expect(page).toContain("494 → 30.9");
    expect(page).toContain("16.0 ×");
    expect(page).toContain("1.5 min");
    expect(page).toContain("0.432 → 0.0864 m");
    expect(page).toContain("2.31 → 2.36 m/s");
  });

  test("of a run in laps speak of laps, of which the first is not untrained where it was learned in", () => {
    const page = renderReport({ ...reportOf(5), unit: "lap", isFirstUntrained: false });
    expectSound(page);
    const text = page.replace(/<style>[\s\S]*?<\/style>/g, "").replace(/<[^>]*>/g, "");
    expect(text).not.toMatch(/rollout|untrained/i);
    expect(text).toContain("lap 1 → 5");
    expect(text).toContain("Dashed: first lap, 494.");
    expect(text).toContain("All laps");
    expect(renderReport(reportOf(5))).toContain("Dashed: untrained, 494.");
  });

  test("what was noticed is marked where it was", () => {
    const page = renderReport({ ...reportOf(3), noticed: { 1: [], 2: ["the world changed", "<and more>"], 3: [] } });
    expectSound(page);
    expect(page.match(/noticed in/g)).toHaveLength(1);
    expect(page).toContain("noticed in rollout 2: the world changed; &lt;and more&gt;");
  });

  test("that a task does not have are left out", () => {
    const metrics = [1, 2].map((index): RolloutMetrics => {
      const { rmsRadialError: _error, meanSpeed: _speed, gradientNorm: _norm, ...rest } = metricsOf(index);
      return rest;
    });
    const page = renderReport({ ...reportOf(2), metrics });
    expectSound(page);
    expect(page).not.toContain("Radial error, rms");
    expect(page).not.toContain("Speed, mean");
    expect(page).not.toContain("Gradient norm");
  });
});

describe("poor input gives a sound page", () => {
  const few = recordingOf(1, 3, 0.2);
  const empty = recordingOf(1, 0, 0.2);
  const bare: Recording = { ...few, residuals: new Float64Array(0), outputs: new Float64Array(0) };
  const broken: Recording = {
    ...recordingOf(1, 200, 0.2),
    states: recordingOf(1, 200, 0.2).states.map((value, index) => (index % 5 === 0 ? Number.NaN : value * 1e300)),
    residuals: recordingOf(1, 200, 0.2).residuals.fill(Number.POSITIVE_INFINITY),
  };
  const lost = {
    index: 2,
    seconds: NaN,
    cost: NaN,
    windowCost: Infinity,
    meanCost: NaN,
    slowSeconds: 0,
    rmsRadialError: NaN,
  };
  const drawn = (recording: Recording) => [{ label: "first and best", rollout: 1, recording }];
  const cases: [string, ReportInput][] = [
    ["a single rollout", reportOf(1)],
    ["three control steps", { ...reportOf(1), rollouts: drawn(few) }],
    ["no control step", { ...reportOf(1), rollouts: drawn(empty) }],
    ["neither residuals nor outputs", { ...reportOf(1), rollouts: drawn(bare) }],
    ["values that are not finite", { ...reportOf(1), rollouts: drawn(broken) }],
    [
      "metrics that are not finite",
      { ...reportOf(1), metrics: [metricsOf(1), { ...lost, meanSpeed: -Infinity, gradientNorm: NaN }] },
    ],
    ["no metric that is finite", { ...reportOf(1), metrics: [{ ...lost, index: 1 }] }],
    ["costs of zero", { ...reportOf(1), metrics: [{ ...metricsOf(1), windowCost: 0 }] }],
    ["equal costs", { ...reportOf(1), metrics: [metricsOf(1), { ...metricsOf(1), index: 2 }] }],
    ["no track, no laps", { ...reportOf(2), track: [], lapTime: undefined }],
    ["a track of one point", { ...reportOf(2), track: [[1, 1]] }],
    ["a best rollout that is not drawn", { ...reportOf(3), best: 2 }],
    ["a best rollout that does not exist", { ...reportOf(3), best: 9 }],
    ["nothing", { ...reportOf(1), metrics: [], rollouts: [], track: [] }],
  ];

  test.each(cases)("%s", (_, input) => {
    expectSound(renderReport(input));
  });

  test("a single rollout claims no improvement", () => {
    const page = renderReport(reportOf(1));
    expect(page).toContain("nothing learned yet");
    expect(page).not.toContain("→");
  });

  test("a rollout that drove away does not shrink the others", () => {
    const input = reportOf(3);
    const away = recordingOf(1, 1092, 0.1);
    const far = { ...away, states: away.states.map((value, index) => (index % 4 === 0 ? value + index : value)) };
    const page = renderReport({
      ...input,
      rollouts: [{ label: "first", rollout: 1, recording: far }, ...input.rollouts.slice(1)],
    });
    expect(page).toContain("A rollout that leaves the frame is cut off.");
    const map = page.slice(page.indexOf("Track from above"), page.indexOf("Speed [m/s]"));
    const labels = [...map.matchAll(/<i class="x"[^>]*>([^<]*)</g)].map((match) =>
      Number((match[1] ?? "").replace("−", "-")),
    );
    expect(Math.max(...labels)).toBeLessThan(3);
    expect(Math.min(...labels)).toBeLessThan(0);
  });

  test("a task without speed and radial error shows its states", () => {
    const recording = recordingOf(1, 300, 0.1);
    const columns = {
      ...recording.info.columns,
      state: ["a [rad]", "b [rad]", "c [rad/s]", "d [rad/s]"],
      residual: ["goal"],
    };
    const pendulum = { ...recording, info: { ...recording.info, columns } };
    const page = renderReport({ ...reportOf(1), track: [], lapTime: undefined, rollouts: drawn(pendulum) });
    expectSound(page);
    expect(headingsOf(page)).toEqual(expect.arrayContaining(["A [rad]", "B [rad]", "C [rad/s]", "D [rad/s]"]));
    expect(headingsOf(page)).not.toContain("Track from above, y [m]");
  });
});

describe("the drawn rollouts", () => {
  test("have a key each, and the best is drawn last, on top", () => {
    const input = reportOf(3);
    const middle = { label: "best", rollout: 2, recording: recordingOf(2, 100, 0.1) };
    const [first, last] = input.rollouts;
    const rollouts = [first, middle, last].filter((drawn) => drawn !== undefined);
    const page = renderReport({ ...input, best: 2, rollouts });
    expect(page.match(/type="checkbox"/g)).toHaveLength(3);
    expect(
      classesOf(page)
        .filter((name) => name.startsWith("line"))
        .slice(3, 6),
    ).toEqual(["line first r0", "line last r2", "line best r1"]);
  });

  test("are laid over each other lap by lap: one stroke for every lap begun", () => {
    const page = renderReport(reportOf(1, 500)); // 10 s: two and a half laps of 4 s
    const speed = page.slice(page.indexOf("Speed [m/s]"), page.indexOf("Radial error [m]"));
    const path = speed.match(/class="line best r0" d="([^"]*)"/)?.[1] ?? "";
    expect(path.match(/M/g)).toHaveLength(3);
  });
});

/** The part of a page from one heading to the next. */
function chartOf(page: string, heading: string): string {
  const from = page.indexOf(`<h3>${heading}</h3>`);
  expect(from).toBeGreaterThan(0);
  return page.slice(from, page.indexOf("</figure>", from));
}

describe("what a task aims at", () => {
  const recording = recordingOf(1, 300, 0.1);
  const info = (state: string[], residual: string[]) => ({
    ...recording.info,
    columns: { ...recording.info.columns, state, residual },
  });

  test("a state with its target: the curves lie apart by the residual", () => {
    const cart = { ...recording, info: info(["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]"], ["position", "angle"]) };
    const input: ReportInput = {
      ...reportOf(1),
      track: [],
      rollouts: [{ label: "first and best", rollout: 1, recording: cart }],
      aims: [{ name: "x [m]", residual: 0, factor: 2, of: { state: 0 } }],
    };
    const page = renderReport(input);
    expectSound(page);
    // speed alone hid position, angle and what turns
    expect(headingsOf(page).slice(3, 10)).toEqual([
      "The robot at some moments, y [m]",
      "X [m]",
      "Theta [rad]",
      "V [m/s]",
      "W [rad/s]",
      "first and best, rollout 1",
      "Commands",
    ]);
    expect(chartOf(page, "X [m]")).toMatch(/Grey: the target\..*class="aim" d="M/s);
    const { driven, target } = alongAim(input.aims[0], input.rollouts[0]);
    expect(driven[7]).toBe(recording.states[28]);
    expect(target[7]).toBeCloseTo(recording.states[28] - 2 * recording.residuals[14], 12);
  });

  test("the end of an arm, with the point that it should reach, and its path", () => {
    const arm = { ...recording, info: info(["a [rad]", "b [rad]", "c [rad/s]", "d [rad/s]"], ["x", "y"]) };
    const input: ReportInput = {
      ...reportOf(1),
      track: [],
      lapTime: undefined,
      rollouts: [{ label: "first and best", rollout: 1, recording: arm }],
      aims: [
        { name: "x of the end [m]", residual: 0, factor: 1, of: { target: 1.7 } },
        { name: "y of the end [m]", residual: 1, factor: 1, of: { target: 0.8 } },
      ],
    };
    const page = renderReport(input);
    expectSound(page);
    expect(chartOf(page, "Path of the end, y [m]")).toMatch(/Cross: the target\..*(class="chevron".*){2}/s);
    expect(headingsOf(page)).toEqual(expect.arrayContaining(["X of the end [m]", "Y of the end [m]", "A [rad]"]));
    expect(alongAim(input.aims[0], input.rollouts[0]).driven[3]).toBeCloseTo(1.7 + recording.residuals[6], 12);
  });

  test("of every task is a residual that it has, of a state or a parameter of its reward that it has", () => {
    const withAims = Object.values(tasks).filter(({ aims }) => aims !== undefined);
    expect(withAims.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["cart-pole", "pendulum-reach", "pendulum-reach-open", "scalar"]),
    );
    for (const { aims = [], columns, reward } of withAims)
      for (const { residual, of } of aims) {
        expect(residual).toBeLessThan(columns.residual.length);
        if ("state" in of) expect(of.state).toBeLessThan(columns.state.length);
        else expect(Object.keys(reward.parameters)).toContain(of.rewardParameter);
      }
  });
});

test("what was predicted stands beside what came, and how well the model explains the driving", () => {
  const input = reportOf(3);
  const predicted = [undefined, 240, 120];
  const metrics = input.metrics.map((one, i): RolloutMetrics => {
    const promised = predicted[i];
    return promised === undefined ? one : { ...one, predictedCost: promised, "modelError.turnRate": 0.01 / i };
  });
  const page = renderReport({ ...input, metrics, modelErrors: { "modelError.turnRate": "rad/s" } });
  expectSound(page);
  expect(/class="dot predicted" d="([^"]*)" data-name="predicted" data-along="2 3"/.exec(page)?.[1]).toMatch(
    /^(M\d+ \d+h0){2}$/,
  );
  expect(page).toContain('<data value="240">240.0</data>');
  expect(chartOf(page, "Model error: turn rate [rad/s]").match(/class="dot" d="M/g)).toHaveLength(2);
  expect(renderReport(input)).not.toContain("predicted before driving");
});

test("no label lies over a curve: levels are named above the chart; on a narrow screen no number is cut", () => {
  const page = renderReport(reportOf(5));
  expect(chartOf(page, "Speed [m/s]")).toContain("Dashed: the task&#39;s mean");
  expect(chartOf(page, "Window cost (logarithmic)")).toContain("Dashed: untrained, 494.");
  expect(chartOf(page, "Window cost (logarithmic)")).toContain("Large: the best, rollout 5, 30.9.");
  expect(page).not.toContain('<span class="label');
  expect(page).toMatch(/@media \(max-width:560px\)\{[^@]*dd\{font-size:18px;white-space:normal\}/);
});

test("a rollout from rest is marked in the curve, the table, and wherever it is named", () => {
  const input = reportOf(3);
  const metrics = input.metrics.map((one): RolloutMetrics => (one.index === 1 ? { ...one, fromRest: 1 } : one));
  const page = renderReport({ ...input, metrics });
  expectSound(page);
  expect(page).toContain("Hollow: a rollout from rest.");
  expect(page.match(/class="dot hollow" d="M\d+ \d+h0"/g)).toHaveLength(1);
  expect(page).toContain('<th scope="row">1 from rest</th>');
  expect(page).toContain("<h3>first, rollout 1 from rest</h3>");
  expect(page).toContain("first<small> rollout 1 from rest</small>");
  expect(renderReport(input)).not.toContain("from rest");
});
