/** The configuration file of a robot: what a set-up found is put in, all else stays as the user has it. */
import { type Document, isMap, isScalar, LineCounter, YAMLMap } from "yaml";
import { checkSettings, isSame, type PartialConfig, readConfig } from "../config/config.js";
import type { SettingName } from "../config/schema.js";
import { parseYaml } from "../config/yaml.js";
import { exists, readText, writeAtomically } from "../files.js";

/** Text of the file with `changes`, each with the remark `note`; comments and other settings stay. @throws UserError */
export function withSettings(path: string, source: string, changes: PartialConfig, note: string): string {
  const document = parseYaml(path, source, new LineCounter());
  const root = isMap(document.contents) ? document.contents : new YAMLMap();
  document.contents = root as never;
  for (const [name, value] of Object.entries(changes)) {
    if (typeof value !== "object" || Array.isArray(value)) put(document, root, name, value, note);
    else {
      const before = root.get(name);
      const map = isMap(before) ? before : new YAMLMap();
      if (map !== before) root.set(name, map);
      for (const [key, one] of Object.entries(value)) if (map.get(key) !== one) put(document, map, key, one, note);
    }
  }
  return document.toString();
}

function put(document: Document, map: YAMLMap, key: string, value: unknown, note: string): void {
  const node = document.createNode(value);
  if (isScalar(node)) node.comment = ` ${note}`;
  map.delete(key);
  map.set(document.createNode(key), node);
}

/** Puts settings into a file, which is made if there is none; what would not be a configuration is not written. */
export async function storeSettings(path: string, changes: PartialConfig, note: string): Promise<void> {
  const checked = checkSettings(changes, path);
  if (Object.keys(checked).length === 0) return;
  const source = (await exists(path)) ? await readText(path) : "";
  await writeAtomically(path, withSettings(path, source, checked, note));
}

/** The settings that a file does not have, or has otherwise. */
export async function unstored(path: string, settings: PartialConfig): Promise<PartialConfig> {
  const stored = (await exists(path)) ? await readConfig(path) : {};
  const entries = Object.entries(settings);
  return Object.fromEntries(entries.filter(([name, value]) => !isSame(stored[name as SettingName], value)));
}
