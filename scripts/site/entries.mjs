/** Where the pages of the site stand: the table entries.yaml, with the pages that its patterns mean. */

const matches = (path, pattern) => (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern);

/**
 * The entries with the pages of their groups, [{ name, file, says, groups: [{ name, pages: [path] }] }].
 * @param table what entries.yaml holds
 * @param paths all pages
 * @throws Error for a pattern that means no page, and for a page that stands in none or in several groups
 */
export function entriesOf(table, paths) {
  const pagesOf = (pattern) => {
    const found = paths.filter((path) => matches(path, pattern));
    if (found.length === 0) throw new Error(`scripts/site/entries.yaml: ${pattern} is no page; allowed is one, or x/*`);
    return found;
  };
  const entries = table.map(({ groups, ...entry }) => ({
    ...entry,
    groups: Object.entries(groups).map(([name, patterns]) => ({ name, pages: patterns.flatMap(pagesOf) })),
  }));
  const placed = entries.flatMap(({ groups }) => groups.flatMap(({ pages }) => pages));
  for (const path of paths) {
    const count = placed.filter((one) => one === path).length;
    const remedy = count === 0 ? "write it into one" : "leave it in one";
    if (count !== 1)
      throw new Error(`${path} stands in ${count} groups of scripts/site/entries.yaml; allowed is 1: ${remedy}`);
  }
  return entries;
}
