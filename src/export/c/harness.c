/*
 * Runs an exported policy for its checks: reads rows of doubles (what lapgrad_step is given, the policy's state among
 * it) and writes rows of doubles (the command, the policy's next state). Compiled with -DPOLICY="\"policy.c\"".
 */
#include POLICY

#include <stdio.h>
#include <string.h>

#define MEMORY (2 * LAPGRAD_SETPOINTS + LAPGRAD_GAINS + 1)
#define GIVEN (LAPGRAD_STATES + 2 + MEMORY)

static const double *take(lapgrad_real *to, int count, const double *from) {
  int i;
  for (i = 0; i < count; i++) to[i] = (lapgrad_real)from[i];
  return from + count;
}

static double *give(double *to, const lapgrad_real *from, int count) {
  int i;
  for (i = 0; i < count; i++) to[i] = (double)from[i];
  return to + count;
}

int main(void) {
  double given[GIVEN];
  double answer[LAPGRAD_COMMANDS + MEMORY];
  lapgrad_policy policy;
  lapgrad_real state[LAPGRAD_STATES];
  lapgrad_real clock[2];
  lapgrad_real command[LAPGRAD_COMMANDS];
  lapgrad_begin(&policy);
  while (fread(given, sizeof given, 1, stdin) == 1) {
    const double *next = take(state, LAPGRAD_STATES, given);
    double *end;
    next = take(clock, 2, next);
    next = take(policy.previous_setpoint, LAPGRAD_SETPOINTS, next);
    next = take(policy.setpoint, LAPGRAD_SETPOINTS, next);
#if LAPGRAD_GAINS > 0
    next = take(policy.gains, LAPGRAD_GAINS, next);
#endif
    take(&policy.segment_start, 1, next);
    lapgrad_step(&policy, state, clock[0], clock[1] > 0, command);
    end = give(answer, command, LAPGRAD_COMMANDS);
    end = give(end, policy.previous_setpoint, LAPGRAD_SETPOINTS);
    end = give(end, policy.setpoint, LAPGRAD_SETPOINTS);
#if LAPGRAD_GAINS > 0
    end = give(end, policy.gains, LAPGRAD_GAINS);
#endif
    give(end, &policy.segment_start, 1);
    if (fwrite(answer, sizeof answer, 1, stdout) != 1 || fflush(stdout) != 0) return 1;
  }
  return 0;
}
