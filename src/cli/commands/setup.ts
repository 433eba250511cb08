/** `lapgrad setup`: one configuration file for a robot, and its constants, step by step. */
import { completeConfig, mergeConfigs, type PartialConfig, readConfig } from "../../config/config.js";
import { resolveTask } from "../../config/resolve.js";
import { robotSettings } from "../../config/robot-settings.js";
import type { SettingName } from "../../config/schema.js";
import { machine } from "../../doctor/machine.js";
import { findPorts } from "../../doctor/ports.js";
import { UserError } from "../../errors.js";
import { exists } from "../../files.js";
import { robotFor } from "../../links/links.js";
import { type Output, roomOf, wordLines } from "../../output.js";
import { type KindName, type SetupKind, setupKinds } from "../../setup/kinds.js";
import type { Person, SetupHost } from "../../setup/rig.js";
import { type StepResult, setUp } from "../../setup/setup.js";
import { ON_REQUEST, STEP_NAMES, type StepName, stepsOf } from "../../setup/steps/steps.js";
import { quoted } from "../../shell.js";
import { choice, flag, number, path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { setupHost } from "../connect.js";
import { suspendAtRest, watchInterrupts } from "../interrupt.js";
import { nobodyAt, personAt } from "../person.js";

const KINDS = Object.keys(setupKinds) as KindName[];
/** Settings of the robots that it knows. */
const SETTINGS = (Object.keys(robotSettings) as SettingName[]).filter((name) => name !== "ros2");
/** What moves nothing and needs nobody's hand. */
const ALONE: StepName = "rest";

export default defineCommand({
  describe: "set a robot up: find it, write its configuration, measure its constants step by step",
  args: {
    step: { type: choice(...STEP_NAMES), positional: true, describe: "only this step, again" },
    kind: { type: choice(...KINDS), describe: "which robot it is, by its link", defaultNote: "the file's, or it asks" },
    out: {
      type: path("a file, e.g. robot.yaml"),
      default: "robot.yaml",
      describe: "configuration file to write; what is in it and is not measured stays",
    },
    length: {
      type: number("a length from 0.5 to 20 m", (length) => length >= 0.5 && length <= 20),
      default: 2,
      describe: "how far the car is pushed, measured on the floor [m]",
    },
    yes: { type: flag, describe: "ask nothing: write the file, and look at the robot at rest; nothing moves" },
  },
  settings: SETTINGS,
  examples: {
    "lapgrad setup": "the guided set-up of a robot that stands beside you, into robot.yaml",
    "lapgrad setup --kind vesc --device /dev/ttyACM0": "the same without the first questions",
    "lapgrad setup steering": "only the steering, again",
    "lapgrad setup --kind pca9685 --pose udp": "a car that measures nothing itself, by poses from outside",
    "lapgrad setup --kind serial --device /dev/ttyUSB0 --yes": "write the file, and see that the robot answers",
  },
  async run(args, output, hostFor: SetupHost | undefined = undefined, at: typeof personAt = personAt) {
    const { step, out, length, yes = false } = args;
    if (yes && step !== undefined && step !== ALONE)
      throw new UserError(`step ${step} needs somebody beside the robot: leave --yes out`);
    const interrupt = watchInterrupts();
    const suspend = suspendAtRest(interrupt.stop);
    try {
      const person = (yes ? nobodyAt : at)(output, interrupt.signal, interrupt.stop);
      const { kind: name, settings } = await chosen(args, person);
      const kind: SetupKind = setupKinds[name];
      const whole = completeConfig(settings);
      robotFor(whole, resolveTask(whole).task); // refuses settings that do not fit together, before anything is asked
      const all = stepsOf(kind, whole.pose !== "");
      if (step !== undefined && ![...all, ON_REQUEST].includes(step))
        throw new UserError(`${kind.describe} has no step ${step}; it has: ${[...all, ON_REQUEST].join(", ")}`);
      output.say(`${kind.describe}${kind.hasPort ? ` at ${settings.device}` : ""}; results go into ${out}`);
      output.say("Ctrl-C stops at any time: neutral, and what was found up to then is kept");
      const steps = yes ? [ALONE] : step === undefined ? all : [step];
      const plan = { kind: name, steps, path: out, settings, length, date: today() };
      const results = await setUp(plan, hostFor ?? setupHost(output, interrupt), person, (found) =>
        tell(found, output),
      );
      const isFine = results.every(({ ok }) => ok);
      if (isFine) output.say(`next: docs/safety.md, and lapgrad train --config ${quoted(out)} --first-drive --arm`);
      output.result({ config: out, kind: name, steps: results });
      return isFine;
    } finally {
      interrupt.release();
      suspend();
    }
  },
});

const today = () => new Date().toISOString().slice(0, 10);

/** The robot that is meant, and all that is known of it: by the file, the command line, and what somebody chooses. */
async function chosen(
  { kind, out, given }: { readonly kind?: KindName; readonly out: string; readonly given: PartialConfig },
  person: Person,
): Promise<{ readonly kind: KindName; readonly settings: PartialConfig }> {
  const found = (await exists(out)) ? await readConfig(out) : {};
  const meanings = Object.fromEntries(KINDS.map((one) => [one, setupKinds[one].describe]));
  const link = (kind ?? found.link ?? (await chosenOf(person, "which robot is it? (--kind)", meanings))) as KindName;
  if (found.link !== undefined && found.link !== link)
    throw new UserError(`${out} is of link ${found.link}, not ${link}: name another file with --out`);
  if (!KINDS.includes(link))
    throw new UserError(`${out} is of link ${link}, which has no set-up; allowed: ${KINDS.join(", ")}`);
  let settings = mergeConfigs(found, { ...over(found, given), link });
  if (setupKinds[link].hasPort && !settings.device) settings = { ...settings, device: await chosenPort(person) };
  for (const { question, answers, given: known, changes, option } of setupKinds[link].choices)
    if (known(settings) === undefined)
      settings = mergeConfigs(settings, changes(settings, await chosenOf(person, `${question} (${option})`, answers)));
  return { kind: link, settings };
}

/** Settings with names of their own are put over those of the file one by one. */
function over(found: PartialConfig, given: PartialConfig): PartialConfig {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const whole = Object.entries(given).map(([name, value]) => {
    const before = found[name as SettingName];
    return [name, isObject(value) && isObject(before) ? { ...(before as object), ...(value as object) } : value];
  });
  return Object.fromEntries(whole);
}

async function chosenOf(person: Person, question: string, answers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await person.choose(question, answers);
  if (answer === undefined) throw new UserError("set-up was ended before it began", 1);
  return answer;
}

/** The only port there is, or one of them. */
async function chosenPort(person: Person): Promise<string> {
  const ports = await findPorts(machine);
  const [port] = ports;
  if (port === undefined)
    throw new UserError("no serial port was found: connect the robot and switch it on, or name one with --device");
  if (ports.length === 1) return port.path;
  const answers = Object.fromEntries(
    ports.map(({ path, board, onboard }) => [path, board ?? (onboard ? "on board" : "USB")]),
  );
  return chosenOf(person, "which serial port is it at? (--device)", answers);
}

function tell({ name, value, ok, why }: StepResult, output: Output): void {
  const room = Math.min(roomOf(output), 100);
  const lines = [`${ok ? "found" : "refused"}: ${value}`, ...(why === undefined ? [] : [why])];
  for (const line of lines)
    output.say(
      wordLines(line, room - 2)
        .map((one) => `  ${one}`)
        .join("\n"),
    );
  if (!ok) output.say(`what was found before is kept; once that is mended: lapgrad setup ${name}`);
}
