import { UserError } from "../errors.js";
import { meantInstead } from "../spelling.js";
import { figure2 } from "./figure2.js";
import { figure3 } from "./figure3.js";
import { go1 } from "./go1.js";
import { mismatch } from "./mismatch.js";
import { realCar } from "./real-car.js";
import type { Study } from "./study.js";
import { theory } from "./theory.js";

/** All studies: a new one is a file and a line here. */
export const studies: readonly Study[] = [figure2, figure3, mismatch, theory, go1, realCar];

/** The study of that name, or all of them that do not take hours. */
export function studiesNamed(name: string): readonly Study[] {
  if (name === "all") return studies.filter(({ takesHours }) => !takesHours);
  const found = studies.find((study) => study.name === name);
  if (found) return [found];
  const known = [...studies.map((study) => study.name), "all"];
  throw new UserError(`unknown study "${name}"; ${meantInstead(name, known)}studies are: ${known.join(", ")}`);
}
