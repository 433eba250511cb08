/** Writes the report of a run that is being driven, on a thread of its own: a job is the run's path. */
import { serve } from "../workers/serve.js";
import { writeReport } from "./from-run.js";

serve(async (run: string) => (await writeReport(run)).path);
