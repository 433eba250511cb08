/** Pages of which parts are made: those between `<!-- name -->` and `<!-- end of name -->`. */
import { readFileSync } from "node:fs";

/** The page at a path with these parts made anew. */
export function between(path, parts) {
  return Object.entries(parts).reduce(
    (page, [name, text]) => {
      const place = new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- end of ${name} -->)`);
      if (!place.test(page)) throw new Error(`${path} has no place for ${name}`);
      return page.replace(place, (_, before, after) => `${before}${text}\n${after}`);
    },
    readFileSync(path, "utf8"),
  );
}
