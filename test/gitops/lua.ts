/**
 * Runs Argo CD's scripts by the interpreter that Argo CD has built in (gopher-lua), with no more of Lua's libraries than Argo CD
 * gives them. What Argo CD makes of their answers is its own: test/ecosystem/argo-cd.ecosystem.test.ts.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { provide } from '../../scripts/tools/provide.ts';

/** Answers as JSON, one a line; an empty table is told as a list, as Argo CD's own encoder does. */
const HARNESS = `
local format, gsub, byte, concat = string.format, string.gsub, string.byte, table.concat
local function text(value)
  return '"' .. gsub(value, '[%c"\\\\]', function(c) return format("\\\\u%04x", byte(c)) end) .. '"'
end
local function json(value)
  if type(value) == "string" then return text(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if next(value) == nil or value[1] ~= nil then
    for _, item in ipairs(value) do parts[#parts + 1] = json(item) end
    return "[" .. concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do parts[#parts + 1] = text(key) .. ":" .. json(item) end
  return "{" .. concat(parts, ",") .. "}"
end
local safe = { time = os.time, date = os.date }
os, package.loaded.os = safe, safe
string, math, io, debug, coroutine, channel = nil, nil, nil, nil, nil, nil
local run = assert(loadfile(SCRIPT))
for _, object in ipairs(OBJECTS) do
  obj = object
  print(json(run()))
end
`;

/** What `script` answers of each object, as parsed JSON. */
export async function runLua<T>(script: string, objects: readonly object[]): Promise<T[]> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-lua-'));
  try {
    const file = join(folder, 'run.lua');
    const globals = `SCRIPT, OBJECTS = ${literal(resolve(script))}, ${literal(objects)}\n`;
    await writeFile(file, globals + HARNESS);
    const { stdout } = await promisify(execFile)(await provide('glua'), [file], {
      timeout: 60_000,
      maxBuffer: 16 << 20,
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A value of JSON as Lua writes it; null is what is not there. */
function literal(value: unknown): string {
  if (typeof value === 'string')
    return `"${[...Buffer.from(value)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`;
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  if (typeof value !== 'object' || value === null) return value == null ? 'nil' : String(value);
  return `{${Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `[${literal(key)}]=${literal(item)}`)
    .join(',')}}`;
}
