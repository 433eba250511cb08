/** A page as it is served: one document with style and script in it. */
import { createHash } from "node:crypto";

/** A document, and the policy of what it may do. */
export interface ServedPage {
  readonly html: string;
  /** Content-Security-Policy: its own scripts alone, and no request but its WebSocket */
  readonly policy: string;
}

/** A script as a Content-Security-Policy names it. */
export function hashOf(script: string): string {
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}

/** A page whose scripts are these, and no others. */
export function servedPage(html: string, scripts: readonly string[]): ServedPage {
  const hashes = scripts.map((script) => `'${hashOf(script)}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html, policy };
}

/** How to see a page on this computer from another one. */
export function tunnelHint(address: string): string {
  const { port } = new URL(address);
  return `from another computer: ssh -L ${port}:127.0.0.1:${port} <this computer>, and the same address there`;
}
