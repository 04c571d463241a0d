import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'

/** Compiles the library that slows a disk down or fills it; undefined where that cannot be done. */
export function buildSlowDisk(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined
  const library = join(folder, 'slow-disk.so')
  const source = join(packageRoot, 'test/support/slow-disk.c')
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
    timeout: 20_000,
  })
  return status === 0 ? library : undefined
}
