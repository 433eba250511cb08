/** Plants of a comparison: the car's, with other parameters or changes behind their names, joined by "+". */
import { checkSetting, completeConfig, type PartialConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { meantInstead } from "../spelling.js";
import { carFigure8 } from "../tasks/car-figure8.js";

/** The car's own. */
export const PLANTS: readonly string[] = Object.keys(carFigure8.plants);
/** Those that need nothing outside the core. */
export const CORE_PLANTS = PLANTS.filter((name) => carFigure8.plants[name].host === undefined);

/** The name of the plant that `identified+grip=0.8@lap10` is made of. */
export function basePlant(plant: string): string {
  return plant.split("+", 1)[0];
}

/** The settings that a plant means: `name=factor@…` is a change, `name=value` a parameter. */
export function plantConfig(plant: string): PartialConfig {
  const [name, ...others] = plant.split(/\+(?=[A-Za-z])/);
  const changes = others.filter((part) => part.includes("@"));
  const parameters = others.filter((part) => !part.includes("@")).map((part) => part.split("="));
  return {
    plant: name,
    ...(changes.length > 0 ? { "plant-change": changes } : {}),
    ...(parameters.length > 0
      ? { parameters: { plant: Object.fromEntries(parameters.map(([of, value]) => [of, Number(value)])) } }
      : {}),
  };
}

/** The plants in a text that separates them by commas, as the numbers of a place are; throws if there is none such. */
export function plantsIn(text: string): string[] {
  const plants = text.split(/,(?=\s*[A-Za-z])/).map((plant) => plant.trim());
  for (const plant of plants) checkPlant(plant);
  return [...new Set(plants)];
}

function checkPlant(plant: string): void {
  const name = basePlant(plant);
  if (!PLANTS.includes(name)) {
    throw new UserError(`unknown plant "${name}"; ${meantInstead(name, PLANTS)}plants are: ${PLANTS.join(", ")}`);
  }
  const config = plantConfig(plant);
  for (const [parameter, value] of Object.entries(config.parameters?.plant ?? {})) {
    if (!Number.isFinite(value))
      throw new UserError(
        `plant "${plant}": allowed behind + is parameter=value or a change, e.g. +grip=0.8@lap10; got ${parameter}`,
      );
  }
  checkSetting("plant-change", config["plant-change"] ?? [], `plant "${plant}"`);
  completeConfig(config);
}
