/**
 * The text of pages: files beside the code, src/<folder>/pages/<file>, which the build copies to build/assets/pages. A
 * value that the code puts into it has a place there, {{name}}.
 */
import { readFileSync } from "node:fs";

const PLACE = /\{\{(\w+)\}\}/g;

/** What a page is filled with, by the names of its places. */
export type PageValues = Readonly<Record<string, string | number>>;

/** A file of a folder's pages as it stands there, e.g. "report/style.css". */
export function readPage(name: string): string {
  return readFileSync(new URL(`../../assets/pages/${name}`, import.meta.url), "utf8");
}

/** {@link readPage} with its places filled. */
export function fillPage(name: string, values: PageValues): string {
  return fill(readPage(name), values, name);
}

/**
 * The text with the value in every place of its name; values are not searched for places.
 * @throws Error with the page's name if a place has no value, or a value no place
 */
export function fill(text: string, values: PageValues, name: string): string {
  const places = new Set(Array.from(text.matchAll(PLACE), ([, key]) => key));
  const complaints = [
    ...[...places].filter((key) => !Object.hasOwn(values, key)).map((key) => `no value for the place {{${key}}}`),
    ...Object.keys(values).flatMap((key) => (places.has(key) ? [] : [`no place {{${key}}} for its value`])),
  ];
  if (complaints.length > 0) throw new Error(`page ${name}: ${complaints.join(", ")}`);
  return text.replace(PLACE, (_, key) => `${values[key]}`);
}
