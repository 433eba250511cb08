#!/usr/bin/env bash
# What a robot gets: packs lapgrad with all it needs into one file, installs that into an empty folder without a network
# and without npm's cache, and runs it there. Needs a finished build and the packages of `npm ci`.
# Usage: scripts/pack-check.sh [folder that the packed file is kept in]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
kept=$(realpath "${1:-$root}")
archive=$kept/$(npm pack --silent --pack-destination "$kept")

# no network: none at all where the kernel lets us, otherwise a registry that is not there
offline=(env "HOME=$root" "npm_config_cache=$root/cache" npm_config_registry=http://localhost:1)
if unshare -n true 2> /dev/null; then offline=(unshare -n "${offline[@]}"); fi
mkdir "$root/robot"
cd "$root/robot"
"${offline[@]}" npm install --silent --global --offline --omit=optional --prefix "$root/robot" "$archive"
lapgrad() { "${offline[@]}" "$root/robot/bin/lapgrad" "$@"; }

lapgrad train --rollouts 2 --out mine > train.log 2>&1 || { cat train.log && exit 1; }
lapgrad drive mine --laps 1 > drive.log
lapgrad stop > stop.log
# a machine without a robot may have notes and problems; the core and the native part of serialport must be in order
lapgrad doctor --json > doctor.json 2> doctor.log || true
node -e '
  const { checks } = JSON.parse(require("node:fs").readFileSync("doctor.json", "utf8"));
  for (const name of ["rollout", "package serialport"]) {
    const check = checks.find((one) => one.name === name);
    if (check?.status !== "ok") throw new Error(`doctor: ${name}: ${check?.found}`);
  }'
bytes() { du --summarize --apparent-size --block-size=1 "$1" | cut -f 1; }
echo "$(basename "$archive"): $(bytes "$archive") bytes, installed $(bytes "$root/robot/lib") bytes;" \
  "trains, drives, stops and examines itself without a network"
