/**
 * Who may look. The page is for this computer alone: for whoever knows the token of its address, in a browser that was
 * led here by this very address, not by a page of somebody else's.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Names under which a browser on this computer, or at the end of a tunnel, finds it: any other is a trick with DNS. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** What an address must hold, 128 bits. */
export function newToken(): string {
  return randomBytes(16).toString("hex");
}

/** Path and query of a request; undefined if they cannot be understood. */
export function targetOf({ url = "" }: Pick<IncomingMessage, "url">): URL | undefined {
  return url.startsWith("/") && !url.startsWith("//") && URL.canParse(url, "http://x")
    ? new URL(url, "http://x")
    : undefined;
}

/** Why a request is refused, as HTTP status; undefined: it may look. `ofPage`: only the page itself may ask. */
export function refusalOf(
  { headers }: Pick<IncomingMessage, "headers">,
  target: URL,
  token: string,
  ofPage: boolean,
): 401 | 403 | undefined {
  const { host = "", origin } = headers;
  if (!LOOPBACK.test(host)) return 403;
  if (ofPage && origin !== undefined && origin !== `http://${host}`) return 403;
  return isSame(target.searchParams.get("token") ?? "", token) ? undefined : 401;
}

/** Compares without telling by its time how much of it is right. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
