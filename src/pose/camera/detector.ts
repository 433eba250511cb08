/** js-aruco2's detector of tags, for a process without a browser; the package is optional. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { UserError } from "../../errors.js";
import { additionOf, here } from "../../installation.js";
import { DICTIONARY, type TagDetector, WRONG_BITS } from "./tracker.js";

const require = createRequire(import.meta.url);

/**
 * Where a file of the package is.
 * @throws UserError if the package is not there
 */
function fileOf(file: string): string {
  try {
    return require.resolve(`js-aruco2/src/${file}`);
  } catch {
    throw new UserError(`the package js-aruco2 is needed: ${additionOf("js-aruco2", here())}`);
  }
}

/**
 * The text of a file of the package.
 * @throws UserError if the package is not there
 */
export function detectorText(file: string): string {
  return readFileSync(fileOf(file), "utf8");
}

/** @throws UserError if the package is not there */
export function newDetector(): TagDetector {
  require(fileOf("dictionaries/apriltag_36h11.js"));
  const { AR } = require(fileOf("aruco.js")) as typeof import("js-aruco2/src/aruco.js");
  return new AR.Detector({ dictionaryName: DICTIONARY, maxHammingDistance: WRONG_BITS });
}
