/**
 * lapgrad as a library: what other programs import. Everything here keeps its name and its meaning from one version to
 * the next, as the command line does; everything else in build/ may change.
 */
export type { Group, Study } from "../compare/study.js";
export { UserError } from "../errors.js";
export type { Check } from "../export/check.js";
export { openRecording } from "../recording/open.js";
export type { Recording } from "../recording/recording.js";
export type { RolloutMetrics, TrainedRollout } from "../training/metrics.js";
export { VERSION } from "../version.js";
export { type Comparison, compare, type StudyOptions } from "./compare.js";
export { type CompleteSettings, configure, readSettings } from "./configure.js";
export { type Drive, type DriveOptions, drive } from "./drive.js";
export { type ExportedPolicy, type ExportOptions, exportPolicy, loadPolicy, type Policy } from "./policy.js";
export type { Settings } from "./settings.js";
export type { StopSignal } from "./stop.js";
export { type TrainingEvent, type TrainingOptions, type TrainingResult, train } from "./train.js";
