# Says whether workers do their work, and what to do where they do not: --help says how. Needs Node.js 24 and, once, npm ci.
$ErrorActionPreference = 'Stop'
node (Join-Path $PSScriptRoot 'deployment/main.ts') verify @args
exit $LASTEXITCODE
