// Builds the server into dist/ferretdb. The first time takes a minute of two processors; Go keeps what it compiled, so
// that later ones take seconds.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = process.platform === 'win32' ? 'ferretdb.exe' : 'ferretdb'
const { status } = spawnSync(
  'go',
  [
    ...['build', '-tags', 'ferretdb_no_postgresql', '-o', `../../../dist/${program}`],
    // nobody debugs it: without what debuggers read it is compiled faster
    ...['-gcflags=all=-dwarf=false', '-ldflags=-s -w'],
    '.',
  ],
  {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1
