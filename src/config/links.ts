/** Which links there are, and what must be known of them before they are loaded: they may import this folder. */
import { LINKS } from "./links.generated.js";

export type LinkName = keyof typeof LINKS;

export const linkNames = Object.keys(LINKS) as LinkName[];

/** What each one leads to, for the help. */
export const linkMeanings = linkNames.map((name) => `${name}: ${LINKS[name].summary}`);

/** Whether what a configuration drives is simulated; otherwise it is a robot. */
export function isSimulated({ link }: { readonly link: LinkName }): boolean {
  return LINKS[link].isSimulated;
}
