/** A headless Chromium that tests drive over its pipe, with no package between. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const PROGRAMS = [process.env.LAPGRAD_BROWSER ?? "", "chromium", "chromium-browser", "google-chrome"];
const program = PROGRAMS.find((name) => name !== "" && spawnSync(name, ["--version"]).status === 0);

/** Why there is no browser; undefined: there is one. */
export const absent = program === undefined ? "needs the Debian package chromium, or LAPGRAD_BROWSER" : undefined;

type Reply = { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void };
type Result = Readonly<Record<string, unknown>>;

export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #replies = new Map<number, Reply>();
  #last = 0;
  #rest = "";
  /** what pages complained of: exceptions, and what their policy forbade */
  readonly complaints: string[] = [];

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => this.#read(text));
  }

  static open(): Browser {
    const profile = mkdtempSync(join(tmpdir(), "lapgrad-browser-"));
    const options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars"];
    const child = spawn(program ?? "", [...options, `--user-data-dir=${profile}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    return new Browser(child, profile);
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop() ?? "";
    for (const message of messages) {
      const { id, result, error, method, params } = JSON.parse(message);
      if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception.description);
      if (method === "Log.entryAdded" && params.entry.source === "security") this.complaints.push(params.entry.text);
      const reply = this.#replies.get(id);
      this.#replies.delete(id);
      if (error) reply?.reject(new Error(error.message));
      else reply?.resolve(result);
    }
  }

  send(method: string, params: object, sessionId?: string): Promise<Result> {
    const id = ++this.#last;
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#replies.set(id, { resolve, reject }));
  }

  /** A page of this size, light unless `isDark`, after `script` ran in it, at an address. */
  async page(address: string, { width = 1280, isDark = false, script = "" } = {}): Promise<BrowserPage> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(this, String(sessionId), String(targetId));
    await page.send("Runtime.enable");
    await page.send("Log.enable");
    await page.send("Page.enable");
    await page.send("Page.addScriptToEvaluateOnNewDocument", { source: script });
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 };
    await page.send("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: isDark ? "dark" : "light" }];
    await page.send("Emulation.setEmulatedMedia", { features });
    await page.send("Page.navigate", { url: address });
    return page;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    void this.send("Browser.close", {}).catch(() => {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class BrowserPage {
  readonly #browser: Browser;
  readonly #session: string;
  readonly #target: string;

  constructor(browser: Browser, session: string, target: string) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
  }

  async close(): Promise<void> {
    await this.#browser.send("Target.closeTarget", { targetId: this.#target });
  }

  send(method: string, params: object = {}): Promise<Result> {
    return this.#browser.send(method, params, this.#session);
  }

  /** The value of an expression in the page, or of what it promises. */
  async value<T>(expression: string): Promise<T> {
    const { result } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    return (result as { value: T }).value;
  }

  /** Waits until an expression is true in the page; an error names it and what the page shows. */
  async until(expression: string, within = 60_000): Promise<void> {
    for (const end = performance.now() + within; performance.now() < end; ) {
      if (await this.value<boolean>(`Boolean(${expression})`).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const text = await this.value<string>("document.body.innerText.slice(0, 600)");
    throw new Error(`never true: ${expression}; the page shows: ${text}`);
  }

  text(id: string): Promise<string> {
    return this.value(`document.getElementById("${id}").textContent`);
  }

  async press(key: string): Promise<void> {
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, text: key.length === 1 ? key : "" });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  click(id: string): Promise<void> {
    return this.value(`document.getElementById("${id}").click()`);
  }
}
