/** Why a VESC stops its motor by itself, by number (mc_fault_code of its datatypes.h), for people. */
const NAMES: Readonly<Record<string, string>> = {
  1: "over-voltage",
  2: "under-voltage",
  3: "gate driver",
  4: "over-current",
  5: "its transistors are too hot",
  6: "the motor is too hot",
  7: "gate driver, over-voltage",
  8: "gate driver, under-voltage",
  9: "under-voltage of its processor",
  10: "it was started by its watchdog",
  14: "its program is damaged",
  15: "current sensor 1",
  16: "current sensor 2",
  17: "current sensor 3",
  18: "unbalanced currents",
  23: "its application configuration is damaged",
  24: "its motor configuration is damaged",
};

/** Of a code as text. */
export const vescFaultName = (code: string): string => NAMES[code] ?? `fault code ${code}`;
