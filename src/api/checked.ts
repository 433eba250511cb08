/** What the functions of the API share: settings that were given, checked, and the simulated robot they mean. */
import { checkSettings, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import type { Link } from "../links/link.js";
import { links } from "../links/links.js";
import { WatchedSimulation } from "../runtime/watched-simulation.js";
import { quoted } from "../shell.js";
import type { Settings } from "./settings.js";

/** Settings as the rest of the program takes them. */
export function checked(settings: Settings): PartialConfig {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    throw new UserError(`settings are ${JSON.stringify(settings)}; allowed is an object, e.g. { seed: 3 }`);
  return checkSettings(settings, "settings");
}

/** The simulated robot of a configuration; a robot is driven by a command, beside which somebody stands. */
export function simulatedLink({ link: name }: RunConfig): Link {
  const link = links[name];
  if (link.isSimulated) return new WatchedSimulation(link.make());
  throw new UserError(
    `settings: "link" is ${name}; allowed here is sim, as nobody stands beside a robot that a program drives: ` +
      `use lapgrad train --link ${quoted(name)} --arm, or lapgrad drive`,
  );
}

/** A number that counts something, checked. */
export function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UserError(`${name} is ${value}; allowed is a whole number of 1 or more`);
}
