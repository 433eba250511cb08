/**
 * What a tracker needs of MLflow's REST API (https://mlflow.org/docs/latest/rest-api.html), version 2.0. Every call can
 * be made again when its answer was lost: a run is found by a tag, and a metric that is logged twice is the same.
 */
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";

/** Per request, by the document. */
export const MOST = { metrics: 1000, params: 100 } as const;
/** What all servers take of a parameter's value [character]. */
const LONGEST = 500;
/** A server that has not answered by then is away [ms]. */
const ANSWERS_WITHIN = 10_000;
const ROOT = "api/2.0/mlflow/";
/** The tag by which a run is found again. */
const KEY = "lapgrad.key";

/** What a server says no to: asking again would not help. Its text is for people. */
export class Refused extends UserError {
  /** the server's own word, e.g. RESOURCE_DOES_NOT_EXIST */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message, 1);
    this.code = code;
  }
}

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** since 1970 [ms] */
  readonly timestamp: number;
  readonly step: number;
}

/** A run as it is made; `began` since 1970 [ms]. */
export interface NewRun {
  readonly experiment: string;
  readonly name: string;
  readonly key: string;
  readonly began: number;
}

export type Status = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

export class Mlflow {
  /** without user and password */
  readonly address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal;

  /** `signal`: ends every call. @throws UserError if that is no address */
  constructor(address: string, signal: AbortSignal) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol))
      throw new UserError(`mlflow=${address} is no address; allowed is mlflow=http://… or https://…`);
    const { username, password } = url;
    const user = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
    this.#headers = { "Content-Type": "application/json", ...(username && { Authorization: `Basic ${user}` }) };
    url.username = url.password = url.search = url.hash = "";
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    this.address = url.href;
    this.#signal = signal;
  }

  /** The run with this key, made if there is none. */
  async run({ experiment, name, key, began }: NewRun): Promise<string> {
    const experiment_id = await this.#experiment(experiment);
    const filter = `tags.\`${KEY}\` = '${key}'`;
    const found = await this.#post("runs/search", { experiment_ids: [experiment_id], filter, max_results: 1 });
    const [known] = listIn(found.runs);
    if (known) return textIn(objectIn(known.info).run_id);
    const tags = [
      { key: KEY, value: key },
      { key: "mlflow.source.name", value: "lapgrad" },
    ];
    const made = await this.#post("runs/create", { experiment_id, run_name: name, start_time: began, tags });
    return textIn(objectIn(objectIn(made.run).info).run_id);
  }

  async #experiment(name: string): Promise<string> {
    const find = async () => {
      const found = await this.#call(`experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`);
      return textIn(objectIn(found.experiment).experiment_id);
    };
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "RESOURCE_DOES_NOT_EXIST") throw error;
    }
    try {
      return textIn((await this.#post("experiments/create", { name })).experiment_id);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "RESOURCE_ALREADY_EXISTS") throw error;
      return find(); // somebody else made it meanwhile, or the answer to us was lost
    }
  }

  async logParams(run_id: string, params: Readonly<Record<string, string>>): Promise<void> {
    const all = Object.entries(params).map(([key, value]) => ({ key, value: value.slice(0, LONGEST) }));
    for (let i = 0; i < all.length; i += MOST.params)
      await this.#post("runs/log-batch", { run_id, params: all.slice(i, i + MOST.params) });
  }

  /** At most so many as {@link MOST} says. */
  async logMetrics(run_id: string, metrics: readonly Metric[]): Promise<void> {
    await this.#post("runs/log-batch", { run_id, metrics });
  }

  async setStatus(run_id: string, status: Status, end_time?: number): Promise<void> {
    await this.#post("runs/update", { run_id, status, ...(end_time !== undefined && { end_time }) });
  }

  #post(path: string, body: object): Promise<Record<string, unknown>> {
    return this.#call(path, { method: "POST", body: JSON.stringify(body) });
  }

  /** @throws Refused if the server says no, another error if it is away or busy */
  async #call(path: string, request: RequestInit = {}): Promise<Record<string, unknown>> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWERS_WITHIN)]);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.address}${ROOT}${path}`, { ...request, headers: this.#headers, signal });
      text = await response.text();
    } catch (error) {
      throw new Error(problemOf(error instanceof Error ? (error.cause ?? error) : error));
    }
    const answer = objectIn(parsed(text));
    if (response.ok) return answer;
    const { error_code: code = "", message = text } = answer;
    const said = `${response.status} ${code} ${String(message).slice(0, 300)}`.replaceAll(/\s+/g, " ").trim();
    const mayPass = response.status >= 500 || response.status === 408 || response.status === 429;
    if (mayPass) throw new Error(said);
    throw new Refused(said, String(code));
  }
}

/** A user or password of an address. @throws UserError if a % in it stands for nothing */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UserError(
      "user or password in the address of --tracker has a % that stands for nothing: write %25 for it",
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(objectIn) : [];
}

function textIn(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Refused("it does not answer as MLflow does: is the address that of a tracking server?", "");
}
