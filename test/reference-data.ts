import { existsSync } from "node:fs";
import { test } from "@jest/globals";

const folder = process.env.LAPGRAD_REFERENCE_DATA;

/**
 * Folder of the reference data (with authors/ and golden/), which are no part of the project: environment variable
 * LAPGRAD_REFERENCE_DATA. Undefined where there is none.
 */
export const referenceData: string | undefined = folder && existsSync(folder) ? folder : undefined;

if (!referenceData && process.env.LAPGRAD_REQUIRE_DATA === "1")
  throw new Error(
    "LAPGRAD_REQUIRE_DATA is 1, but LAPGRAD_REFERENCE_DATA is " +
      (folder ? `"${folder}", which does not exist` : "not set"),
  );

/** `test` where the reference data are; elsewhere the test reports itself as skipped. */
export const dataTest = referenceData ? test : test.skip;
