/** Modules of the build as one script without imports, for a page that asks for nothing. */
import { readFileSync } from "node:fs";

const COMMENT = /^\s*\/\*\*[\s\S]*?\*\/\n/gm;
const IMPORT = /^import \{([^}]*)\} from "(\.[^"]+)";\n?/gm;
const EXPORT = /^export (?=(?:async )?(?:function\*?|const|let|class|var) (\w+))/gm;
const ELSE = /^(?:import|export)\b.*/m;

/**
 * The module at `entry` and all that it imports, each once, in a function of its own, and behind what it needs.
 * @throws Error if a module imports from a package, a whole module, or exports in another way than in front of a
 * declaration
 */
export function bundle(entry: URL): string {
  const places = new Map<string, number>();
  const parts: string[] = [];
  const add = (module: URL): number => {
    const known = places.get(module.href);
    if (known !== undefined) return known;
    const text = readFileSync(module, "utf8")
      .replace(/^\/\/# sourceMappingURL=.*$/m, "")
      .replace(COMMENT, "");
    const body = text.replace(/^export \{\};\n?/gm, "").replace(IMPORT, (_, names: string, path: string) => {
      const from = add(new URL(path, module));
      return `const {${names.replaceAll(/\bas\b/g, ":")}} = modules[${from}];\n`;
    });
    const names = [...body.matchAll(EXPORT)].map(([, name]) => name);
    const plain = body.replace(EXPORT, "");
    const rest = ELSE.exec(plain);
    if (rest) throw new Error(`${module.pathname} cannot stand in a page: ${rest[0]}`);
    const place = parts.length;
    places.set(module.href, place);
    parts.push(`modules.push((() => {\n${plain}\nreturn { ${names.join(", ")} };\n})());`);
    return place;
  };
  add(entry);
  return embeddable(`"use strict";\nconst modules = [];\n${parts.join("\n")}`);
}

/** A script of which no text ends the element that it stands in. */
export function embeddable(script: string): string {
  return script.replaceAll("</script", "<\\/script");
}
