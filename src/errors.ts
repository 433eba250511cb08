/**
 * An error that the user can do something about: shown as its message alone, without a stack. Say what was got, what is
 * allowed, and what to do.
 */
export class UserError extends Error {
  /** Process exit code: 2 for wrong usage (options, configuration, input files), 1 for a run that failed. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The allowed value that `given` is. */
export function oneOf<T extends string>(given: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === given);
  if (found !== undefined) return found;
  throw new UserError(`${name} is ${given}; allowed is ${allowed.join(" or ")}`);
}
