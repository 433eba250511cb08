/** The live page as it is served: one document with style and script in it. */
import { createHash } from "node:crypto";
import { CURVES } from "../report/document.js";
import { fillPage, readPage } from "../report/template.js";
import { bundle } from "./bundle.js";

/** A document, and the policy of what it may do. */
export interface LivePage {
  readonly html: string;
  /** Content-Security-Policy: its own script alone, and no request but its WebSocket */
  readonly policy: string;
}

export function livePage(): LivePage {
  const script = bundle(new URL("./page/main.js", import.meta.url));
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const style = `${readPage("report/style.css")}${CURVES}${readPage("view/view.css")}`;
  return { html: fillPage("view/view.html", { style, script }), policy };
}
