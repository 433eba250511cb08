/** Plants outside the core by name: every file of src/plants/kinds with a default export, loaded when it is driven. */
import type { PlantDefinition } from "../tasks/definition.js";
import type { HostPlant } from "./host-plant.js";
import { KINDS } from "./kinds/kinds.generated.js";

export type HostPlantName = keyof typeof KINDS;

/** What a plant needs outside the core; undefined: nothing. */
export async function hostPlantFor(definition: PlantDefinition): Promise<HostPlant | undefined> {
  if (definition.host === undefined) return undefined;
  const { default: kind } = await KINDS[definition.host as HostPlantName]();
  return kind.make(definition);
}
