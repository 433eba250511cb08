// The native reference of the benchmark: reads a case, then commands from standard input, one a line, and answers each
// with one line of JSON:
//   results                 -> every result that must agree with the core
//   run <kernel> <repeats>  -> {"nanoseconds": ...} of all repeats together
// It stays alive between commands, so that its batches can alternate with the core's.
#include "peak.hpp"
#include "rollout.hpp"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>

using namespace lapgrad;

namespace {

/// The adjoint of the outputs that the backward kernel alone starts from; the core's side has the same.
double probe[OUTPUTS];
double probeFeatures[FEATURES];

void print(const char *name, const double *values, std::size_t count, const char *end) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < count; i++) std::printf(i ? ",%.17g" : "%.17g", values[i]);
  std::printf("]%s", end);
}

/// Everything once, from the case's parameters.
void printResults(const Case &given) {
  Rollout fresh(given);
  const double loss = fresh.update(given.rate);
  std::vector<double> inputs, outputs;
  for (const Step &s : fresh.steps) inputs.insert(inputs.end(), {s.input.throttle, s.input.steering});
  for (const Segment &s : fresh.segments) outputs.insert(outputs.end(), s.outputs, s.outputs + OUTPUTS);
  std::printf("{\"loss\": %.17g, ", loss);
  print("states", &fresh.states[0].x, 4 * fresh.states.size(), ", ");
  print("inputs", inputs.data(), inputs.size(), ", ");
  print("outputs", outputs.data(), outputs.size(), ", ");
  print("gradient", fresh.gradient.data(), PARAMETERS, ", ");
  print("parameters", fresh.theta.data(), PARAMETERS, ", ");
  // the network alone, from the first segment's features
  fresh.theta.assign(given.theta, given.theta + PARAMETERS);
  std::fill(fresh.gradient.begin(), fresh.gradient.end(), 0.0);
  fresh.forwardOnly();
  fresh.backwardOnly(probe, probeFeatures);
  print("networkOutputs", &fresh.activations[ACTIVATIONS - OUTPUTS], OUTPUTS, ", ");
  print("networkFeatures", probeFeatures, FEATURES, ", ");
  print("networkGradient", fresh.gradient.data(), PARAMETERS, "}\n");
}

bool readCase(const char *path, Case &given) {
  std::FILE *file = std::fopen(path, "rb");
  if (!file) return false;
  const bool whole = std::fread(&given, sizeof given, 1, file) == 1 && std::fgetc(file) == EOF;
  std::fclose(file);
  return whole;
}

} // namespace

int main(int count, char **arguments) {
  const auto given = std::make_unique<Case>();
  if (count != 2 || !readCase(arguments[1], *given)) {
    std::fprintf(stderr, "usage: reference <case file of exactly %zu bytes>\n", sizeof(Case));
    return 2;
  }
  for (int i = 0; i < OUTPUTS; i++) probe[i] = 0.1 * (i + 1);
  Rollout rollout(*given);
  if (!rollout.roll()) {
    std::fprintf(stderr, "the case leaves its bounds\n");
    return 1;
  }
  rollout.seed();
  const std::map<std::string, std::function<void()>> kernels = {
      {"forward", [&] { rollout.forwardOnly(); }},
      {"backward", [&] { rollout.backwardOnly(probe, probeFeatures); }},
      {"control", [&] { rollout.controlStep(1, static_cast<int>(given->stepsPerSegment)); }},
      {"rollout", [&] { rollout.roll(); }},
      {"costate", [&] { rollout.costate(); }},
      {"update", [&] { rollout.update(given->timedRate); }},
#if defined(__x86_64__)
      {"peak128", peak128},
      {"peak256", peak256},
#endif
  };
  std::string command, kernel;
  long repeats = 0;
  while (std::cin >> command) {
    if (command == "results") {
      printResults(*given);
    } else if (command == "run" && std::cin >> kernel >> repeats && kernels.count(kernel)) {
      const std::function<void()> &work = kernels.at(kernel);
      const auto begun = std::chrono::steady_clock::now();
      for (long i = 0; i < repeats; i++) work();
      const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
      std::printf("{\"nanoseconds\": %.0f}\n", took.count());
    } else {
      std::fprintf(stderr, "unknown command \"%s %s\"\n", command.c_str(), kernel.c_str());
      return 2;
    }
    std::fflush(stdout);
  }
}
