/** The fitted model as numbers of the metrics, as an object in files, and as words. */
import { expect, test } from "@jest/globals";
import { renderModel } from "../../src/report/model.js";
import { flattened, modelOf, sureValue, written } from "../../src/training/model-numbers.js";

const METRICS = {
  index: 3,
  seconds: 5.6,
  cost: 1,
  windowCost: 1,
  meanCost: 0.01,
  slowSeconds: 0,
  "model.offset": 0.5,
  "model.linearDrag": 0.1,
  "model.delay1": 5,
  "modelStandardError.offset": 1.25,
  "modelDetermined.offset": 0,
  "modelStandardError.linearDrag": 0.02,
  "modelDetermined.linearDrag": 1,
  "modelCorrelation.offset.linearDrag": 0.98,
  "modelError.turnRate": 0.07,
};

test("in files the model is an object, and comes back from them", () => {
  const line = written(METRICS);
  expect(line.model).toEqual({
    offset: { value: 0.5, standardError: 1.25, determined: false, correlations: { linearDrag: 0.98 } },
    linearDrag: { value: 0.1, standardError: 0.02, determined: true, correlations: { offset: 0.98 } },
    delay1: { value: 5 },
  });
  expect(Object.keys(line)).toEqual([
    "index",
    "seconds",
    "cost",
    "windowCost",
    "meanCost",
    "slowSeconds",
    "modelError.turnRate",
    "model",
  ]);
  expect(flattened(JSON.parse(JSON.stringify(line)))).toEqual(METRICS);
  expect(written({ index: 1, seconds: 1, cost: 1, windowCost: 1, meanCost: 1, slowSeconds: 0 })).not.toHaveProperty(
    "model",
  );
});

test("screen and report say how sure a parameter is", () => {
  const { offset, linearDrag, delay1 } = modelOf(METRICS);
  expect(sureValue(offset)).toBe("0.500 (not determined by this driving)");
  expect(sureValue(linearDrag)).toBe("0.100 ± 0.020");
  expect(sureValue(delay1)).toBe("5.00");
  const table = renderModel([METRICS]);
  expect(table).toContain("not determined by this driving; hardly told apart from linearDrag");
  expect(table).toContain('<data value="1.25">1.25</data>');
  expect(renderModel([])).toBe("");
});
