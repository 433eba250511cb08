/** A tracking server for tests, written from MLflow's REST document: what it says it takes, and what it refuses. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoggedMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

export interface ServedRun {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Record<string, string>;
  /** in the order in which they came; one that came again is not kept twice, as in the server's database */
  readonly metrics: LoggedMetric[];
  status: string;
  ended: number | undefined;
}

/** What is wrong with the next requests: their answers are lost, or the server is broken or busy. */
type Trouble = "none" | "lost" | "cut" | 500 | 429 | 403;

type Body = Readonly<Record<string, unknown>>;

class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status = 400) {
    super(`the test server says ${code}`);
    this.code = code;
    this.status = status;
  }
}

export class MlflowServer {
  readonly runs: ServedRun[] = [];
  readonly experiments = new Map<string, string>();
  /** taken by one request each, in order */
  readonly troubles: Trouble[] = [];
  /** bodies of all log-batch requests that were taken */
  readonly batches: Body[] = [];
  readonly authorizations: (string | undefined)[] = [];
  #server: Server | undefined;
  port = 0;

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** At any port, or again at the one before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** As if its process were killed: connections break. */
  async kill(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    this.authorizations.push(request.headers.authorization);
    const trouble = this.troubles.shift();
    if (trouble === "cut") return void request.socket.destroy();
    if (typeof trouble === "number") {
      response.writeHead(trouble).end(trouble === 403 ? '{"error_code":"PERMISSION_DENIED","message":"no"}' : "<html>");
      return;
    }
    let [status, answer]: [number, object] = [200, {}];
    try {
      answer = this.#handle(request, text === "" ? {} : JSON.parse(text));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      [status, answer] = [error.status, { error_code: error.code, message: error.message }];
    }
    if (trouble === "lost") return void request.socket.destroy();
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  }

  #handle({ method, url = "" }: IncomingMessage, body: Body): object {
    const { pathname, searchParams } = new URL(url, this.address);
    const found = /^\/api\/2\.0\/mlflow\/(.+)$/.exec(pathname)?.[1];
    switch (`${method} ${found}`) {
      case "GET experiments/get-by-name": {
        const name = searchParams.get("experiment_name") ?? "";
        const id = this.experiments.get(name);
        if (id === undefined) throw new Refusal("RESOURCE_DOES_NOT_EXIST", 404);
        return { experiment: { experiment_id: id, name } };
      }
      case "POST experiments/create": {
        const name = text(body.name);
        if (this.experiments.has(name)) throw new Refusal("RESOURCE_ALREADY_EXISTS");
        this.experiments.set(name, `${this.experiments.size + 1}`);
        return { experiment_id: this.experiments.get(name) };
      }
      case "POST runs/search": {
        const [, tag, value] = /^tags\.`([^`]+)` = '([^']+)'$/.exec(text(body.filter)) ?? [];
        const ids = body.experiment_ids as string[];
        const runs = this.runs.filter(({ tags, experiment }) => ids.includes(experiment) && tags[tag] === value);
        return runs.length === 0 ? {} : { runs: runs.map((run) => ({ info: { run_id: run.id } })) };
      }
      case "POST runs/create":
        return this.#create(body);
      case "POST runs/log-batch":
        return this.#log(body);
      case "POST runs/update": {
        const run = this.#run(body);
        if (!["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"].includes(text(body.status)))
          throw new Refusal("INVALID_PARAMETER_VALUE");
        run.status = text(body.status);
        run.ended = body.end_time as number | undefined;
        return {};
      }
    }
    throw new Refusal("ENDPOINT_NOT_FOUND", 404);
  }

  #create(body: Body): object {
    const tags = Object.fromEntries(
      (body.tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
    );
    const experiment = text(body.experiment_id);
    if (![...this.experiments.values()].includes(experiment)) throw new Refusal("RESOURCE_DOES_NOT_EXIST", 404);
    const id = `run${this.runs.length + 1}`;
    const name = text(body.run_name);
    this.runs.push({ id, experiment, name, tags, params: {}, metrics: [], status: "RUNNING", ended: undefined });
    return { run: { info: { run_id: id, start_time: body.start_time } } };
  }

  #log(body: Body): object {
    const run = this.#run(body);
    const { metrics = [], params = [] } = body as {
      metrics?: LoggedMetric[];
      params?: { key: string; value: string }[];
    };
    if (metrics.length > 1000 || params.length > 100 || JSON.stringify(body).length > 1_000_000)
      throw new Refusal("INVALID_PARAMETER_VALUE");
    for (const { key, value } of params) {
      if (value.length > 500 || (run.params[key] ?? value) !== value) throw new Refusal("INVALID_PARAMETER_VALUE");
      run.params[key] = value;
    }
    for (const { key, value, timestamp, step } of metrics) {
      const isWhole = Number.isSafeInteger(timestamp) && Number.isSafeInteger(step);
      if (!/^[\w\-. /]{1,250}$/.test(key) || typeof value !== "number" || !isWhole)
        throw new Refusal("INVALID_PARAMETER_VALUE");
      const isSame = (one: LoggedMetric) =>
        one.key === key && one.value === value && one.timestamp === timestamp && one.step === step;
      if (!run.metrics.some(isSame)) run.metrics.push({ key, value, timestamp, step });
    }
    this.batches.push(body);
    return {};
  }

  #run(body: Body): ServedRun {
    const run = this.runs.find(({ id }) => id === body.run_id);
    if (!run) throw new Refusal("RESOURCE_DOES_NOT_EXIST", 404);
    return run;
  }
}

function text(value: unknown): string {
  if (typeof value !== "string" || value === "") throw new Refusal("INVALID_PARAMETER_VALUE");
  return value;
}
