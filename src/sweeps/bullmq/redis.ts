/** The connection with a Redis server, and BullMQ on it: optional packages, loaded when they are needed. */
import type { Redis, RedisOptions } from "ioredis";
import { messageOf, UserError } from "../../errors.js";
import { additionOf, here, type OptionalPackage } from "../../installation.js";
import { shortened } from "../../output.js";
import { withoutPassword } from "../engine.js";

/** Where passwords are read, as a command line is seen by everybody on a computer. */
export const PASSWORD = "LAPGRAD_REDIS_PASSWORD";

/** A server that does not answer for this long at the first connection is not there [ms]. */
const TIME_OUT = 10_000;
/** Between two tries to connect again [ms], at first and at most. */
const AGAIN = { first: 200, most: 5000 };

const ALLOWED = "allowed is redis://[USER@]HOST[:PORT][/DATABASE], or rediss:// for TLS";

/** The options of an address. @throws UserError if it is none */
export function optionsOf(address: string, environment: NodeJS.ProcessEnv = process.env): RedisOptions {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const database = /^\/?(\d*)$/.exec(url?.pathname ?? "")?.[1];
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === "" || database === undefined)
    throw new UserError(`${shortened(withoutPassword(address))} is no address of Redis; ${ALLOWED}`);
  const password = decodeURIComponent(url.password) || environment[PASSWORD];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 6379 : Number(url.port),
    db: Number(database),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(password ? { password } : {}),
    ...(url.protocol === "rediss:" ? { tls: { servername: url.hostname } } : {}),
  };
}

/** What to do about an error of a first connection. */
export function refusalOf(text: string, shown: string): UserError {
  const mend = (problem: string, remedy: string) => new UserError(`Redis at ${shown} ${problem}: ${remedy}`, 1);
  if (/NOAUTH|Authentication required/i.test(text)) return mend("wants a password", `put it into ${PASSWORD}`);
  if (/WRONGPASS|invalid password|invalid username/i.test(text))
    return mend("refuses the password", `put the right one into ${PASSWORD}, and a user's name before the @`);
  if (/NOPERM/i.test(text)) return mend("does not permit that", "give the user ~lapgrad* +@all in Redis's ACL");
  if (/certificate|self.signed/i.test(text))
    return mend(
      `has a certificate that is not trusted (${shortened(text)})`,
      "name its authority in NODE_EXTRA_CA_CERTS",
    );
  if (/SSL|TLS|wrong version number|packet length/i.test(text)) return mend("speaks no TLS", "say redis:// instead");
  if (/ECONNRESET|closed|EPIPE/i.test(text))
    return mend("ends the connection", "if it wants TLS, say rediss:// instead of redis://");
  if (/ENOTFOUND|EAI_AGAIN/i.test(text)) return mend("is not found", "check the name of its computer");
  return mend(`does not answer (${shortened(text)})`, "start redis-server there, and check host, port and firewall");
}

/** A connection that was made once, and is made again for as long as it takes when it is lost. */
export async function connected(address: string, onLost: (why: string) => void): Promise<Redis> {
  const options = optionsOf(address);
  const { Redis } = await needed("ioredis", () => import("ioredis"));
  const first = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: TIME_OUT,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  let why = "";
  first.on("error", (error: Error) => {
    why ||= messageOf(error);
  });
  try {
    await first.connect();
    await first.ping();
  } catch (error) {
    throw refusalOf(why || messageOf(error), withoutPassword(address));
  } finally {
    first.disconnect();
  }
  const lasting = new Redis({
    ...options,
    maxRetriesPerRequest: null, // BullMQ asks for it: commands wait until the server is there again
    retryStrategy: (times: number) => Math.min(AGAIN.most, AGAIN.first * times),
  });
  lasting.on("error", (error: Error) => onLost(messageOf(error)));
  return lasting;
}

/** BullMQ. */
export function bullmq(): Promise<typeof import("bullmq")> {
  return needed("bullmq", () => import("bullmq"));
}

async function needed<T>(name: OptionalPackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!/Cannot find (package|module)/.test(messageOf(error))) throw error;
    const both = `${additionOf("bullmq", here())} ${additionOf("ioredis", here()).split(" ").at(-1)}`;
    throw new UserError(`Redis needs the package ${name}, which is not installed: ${both}`, 1);
  }
}
