import { readFileSync } from "node:fs";

const description = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
  engines: { node: string };
};

/** Version of this package. */
export const VERSION: string = description.version;
/** The Node it needs, as in >=20.20.2. */
export const NODE_NEEDED: string = description.engines.node;

/** Version and build: jobs of different ones may have different results. */
export function buildVersion(): string {
  const { digest } = JSON.parse(readFileSync(new URL("digest.json", import.meta.url), "utf8")) as { digest: string };
  return `${VERSION}+${digest}`;
}
