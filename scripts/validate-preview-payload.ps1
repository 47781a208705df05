# Holds payloads of jobs against their schema: --help says how. Needs Node.js 24 and, once, npm ci.
$ErrorActionPreference = 'Stop'
node (Join-Path $PSScriptRoot 'deployment/main.ts') validate-payload @args
exit $LASTEXITCODE
