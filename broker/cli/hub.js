#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = new URL('../../dist/broker/cli/main.js', import.meta.url)
if (existsSync(program) || build()) await import(program.href)

/** Compiles the sources of a fresh checkout; tells whether the program is there then. */
function build() {
  const compiler = fileURLToPath(new URL('../../node_modules/typescript-native/bin/tsc', import.meta.url))
  const project = fileURLToPath(new URL('../../tsconfig.json', import.meta.url))
  if (existsSync(compiler)) {
    process.stderr.write('Building the hub for the first time …\n')
    const { status } = spawnSync(process.execPath, [compiler, '-p', project], { stdio: ['ignore', 2, 2] })
    if (status === 0) return true
  }
  process.stderr.write('The hub cannot be built here: run `npm ci && npm run build` in its folder\n')
  process.exitCode = 2
  return false
}
