import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'

/** One import statement of a source file. */
export interface SourceImport {
  /** Path of the importing file from the package root. */
  readonly from: string
  /** Path of the imported file from the package root, or the name of a package. */
  readonly to: string
  readonly package: boolean
  readonly typeOnly: boolean
}

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)\s+from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

/** Answers all imports of the TypeScript files below these folders. */
export function readImports(root: string, folders: readonly string[]): readonly SourceImport[] {
  return folders.flatMap((folder) => sourceFiles(join(root, folder))).flatMap((file) => importsOf(root, file))
}

/** Answers the TypeScript files below a folder, generated ones left out. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name === 'generated' || entry.name === 'node_modules' ? [] : sourceFiles(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

function importsOf(root: string, file: string): readonly SourceImport[] {
  const from = relative(root, file)
  return [...readFileSync(file, 'utf8').matchAll(STATEMENT)].map((statement) => {
    const target = statement[3] ?? statement[4] ?? statement[5] ?? ''
    const local = target.startsWith('.')
    return {
      from,
      to: local ? normalize(join(dirname(from), target)) : target,
      package: !local,
      typeOnly: statement[1] !== undefined || onlyTypes(statement[2]),
    }
  })
}

/** `{ type A, type B }` imports nothing at run time. */
function onlyTypes(clause: string | undefined): boolean {
  const names = /^\{([^}]*)\}/.exec(clause ?? '')?.[1]
  return names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false
}

/** Answers the first cycle of value imports, as a path of files; undefined when there is none. */
export function findCycle(imports: readonly SourceImport[]): readonly string[] | undefined {
  const next = new Map<string, string[]>()
  for (const { from, to, package: fromPackage, typeOnly } of imports) {
    if (!fromPackage && !typeOnly) next.set(from, [...(next.get(from) ?? []), to])
  }
  const done = new Set<string>()
  for (const file of next.keys()) {
    const cycle = walk(file, [])
    if (cycle) return cycle
  }
  return undefined

  function walk(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const target of next.get(file) ?? []) {
      const cycle = walk(target, [...path, file])
      if (cycle) return cycle
    }
    done.add(file)
    return undefined
  }
}
