/// <reference lib="dom" />
/** The parts of the page, by their names in view.html. */

export function part(name: string): HTMLElement {
  const found = document.getElementById(name);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found;
}

export function show(name: string, isShown: boolean): void {
  part(name).hidden = !isShown;
}

/** Sets what is in a part, and shows its section, unless it is what is there already. */
export function fillPart(name: string, html: string, section: string): void {
  const element = part(name);
  if (drawn.get(element) !== html) element.innerHTML = html;
  drawn.set(element, html);
  show(section, html !== "");
}

/** What parts were last filled with. */
const drawn = new WeakMap<HTMLElement, string>();
