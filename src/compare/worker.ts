/** A worker of the pool: one job at a time. */
import { parentPort } from "node:worker_threads";
import { messageOf } from "../errors.js";
import type { Answer } from "./pool.js";
import { type Job, trainOnce } from "./training.js";

parentPort?.on("message", async (job: Job) => {
  let answer: Answer;
  try {
    answer = { curve: await trainOnce(job) };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
