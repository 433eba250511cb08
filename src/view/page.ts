/** The live page as it is served: one document with style and script in it. */

import { bundle } from "../report/bundle.js";
import { CURVES, hashOf } from "../report/document.js";
import { fillPage, readPage } from "../report/template.js";

/** A document, and the policy of what it may do. */
export interface LivePage {
  readonly html: string;
  /** Content-Security-Policy: its own script alone, and no request but its WebSocket */
  readonly policy: string;
}

export function livePage(): LivePage {
  const script = bundle(new URL("./page/main.js", import.meta.url));
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
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
