import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The command in few large files, as `bundle.ts` writes it: it starts faster than module by module. */
const bundled = new URL('../../hub/program.js', import.meta.url)

if (existsSync(bundled)) {
  keepCompiled(new URL('cache', bundled))
  await import(bundled.href)
} else await import('./program.ts')

/** Newer Node keeps what V8 made of the files for the next start; Node 20 cannot. */
function keepCompiled(folder: URL): void {
  const { enableCompileCache } = module as { enableCompileCache?: (directory: string) => unknown } // from Node 22 on
  enableCompileCache?.(fileURLToPath(folder))
}
