#!/usr/bin/env bash
# Puts another image of the worker into manifests, kustomizations and pools: --help says how.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[ -d "$root/node_modules" ] || { echo "run npm ci in $root first" >&2; exit 2; }
PATH="$root/node_modules/.bin:$PATH" exec node "$root/scripts/deployment/main.ts" update-image "$@"
