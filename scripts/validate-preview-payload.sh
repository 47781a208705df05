#!/usr/bin/env bash
# Holds payloads of jobs against their schema: --help says how.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[ -d "$root/node_modules" ] || { echo "run npm ci in $root first" >&2; exit 2; }
PATH="$root/node_modules/.bin:$PATH" exec node "$root/scripts/deployment/main.ts" validate-payload "$@"
