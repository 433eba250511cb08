/**
 * A fresh process: loads the core at training size, makes one control step and says how long that took since the
 * process began.
 */
import { Core } from "../src/core/core.js";
import { carFigure8 as task } from "../src/tasks/car-figure8.js";

const plant = task.plants.nominal;
if (!plant) throw new Error(`task ${task.name} has no plant "nominal"`);
const segments = task.training.rolloutSegments;
const core = await Core.load({ task, plant, rollouts: 1, steps: segments * task.timing.stepsPerSegment, segments });
core.seed(1, 0);
core.initialise();
core.sampleStart(0);
core.controlStep(0, 0, 0);
const milliseconds = performance.now();
console.log(JSON.stringify({ milliseconds, memory: process.memoryUsage.rss() }));
