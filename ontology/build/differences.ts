import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Answers the paths at which a folder differs from generated files: missing, other or left over. */
export function differences(files: ReadonlyMap<string, string>, folder: string): readonly string[] {
  const found = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
  const present = found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
  const written = new Set([...files.keys()].map(versionOf))
  const leftOver = present.filter((path) => !files.has(path) && written.has(versionOf(path)))
  const other = [...files].filter(
    ([path, text]) => !present.includes(path) || readFileSync(join(folder, path), 'utf8') !== text,
  )
  return [...leftOver, ...other.map(([path]) => path)].sort()
}

/** The folder of a version that is not generated any more is no concern of those that are. */
function versionOf(path: string): string {
  return path.split('/')[0] ?? ''
}
