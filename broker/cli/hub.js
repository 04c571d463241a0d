#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = new URL('../../dist/broker/cli/main.js', import.meta.url)
if (existsSync(program) || build()) await import(program.href)

/** Builds the program of a fresh checkout as `npm run build` does; tells whether it is there then. */
function build() {
  const compiler = fileFrom('../../node_modules/typescript-native/bin/tsc')
  if (existsSync(compiler)) {
    process.stderr.write('Building the hub for the first time …\n')
    const steps = [
      [compiler, '-p', fileFrom('../../tsconfig.json')],
      [fileFrom('../../dist/broker/cli/bundle.js')],
    ]
    if (steps.every((step) => spawnSync(process.execPath, step, { stdio: ['ignore', 2, 2] }).status === 0)) {
      return true
    }
  }
  process.stderr.write('The hub cannot be built here: run `npm ci && npm run build` in its folder\n')
  process.exitCode = 2
  return false
}

function fileFrom(path) {
  return fileURLToPath(new URL(path, import.meta.url))
}
