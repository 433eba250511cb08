import type { RunConfig } from "../config/schema.js";
import type { Link } from "./link.js";
import { SimLink } from "./sim.js";

/** All links by the name a user types: a new one is a new file and a line here. */
const links: Readonly<Record<RunConfig["link"], () => Link>> = { sim: () => new SimLink() };

export function linkFor(config: RunConfig): Link {
  return links[config.link]();
}
