# Puts another image of the worker into manifests, kustomizations and pools: --help says how. Needs Node.js 24 and, once, npm ci.
$ErrorActionPreference = 'Stop'
node (Join-Path $PSScriptRoot 'deployment/main.ts') update-image @args
exit $LASTEXITCODE
