import { resolve } from 'node:path'
import type { Given } from './config-file.ts'
import { SETTING_PATHS, SETTINGS, type SettingPath } from './config-schema.ts'
import { checkMode, readSecret, type SecretPlaces } from './config-secret-file.ts'
import type { Setting } from './config-setting.ts'

/** Stands behind the name of a secret where its value is in a file: `secretFile`, `HUB_SECRET_FILE`. */
const IN_FILE = 'File'

/** Answers which secret a name with `File` at its end is of; undefined: it is of none. */
export function secretOfFile(path: string): SettingPath | undefined {
  if (!path.endsWith(IN_FILE)) return undefined
  return SECRETS.find((secret) => path === `${secret}${IN_FILE}`)
}

/** Answers under which path the file of a secret is named. */
export function fileOfSecret(path: string): string {
  return `${path}${IN_FILE}`
}

/** Settings that are secrets. */
export const SECRETS: readonly SettingPath[] = SETTING_PATHS.filter(
  (path) => (SETTINGS[path] as Setting).secret === true,
)

/** Settings that name files which hold secrets. */
const SECRET_FILES: readonly SettingPath[] = SETTING_PATHS.filter(
  (path) => (SETTINGS[path] as Setting).secret === 'file',
)

/** Reads the secrets that somebody gave in files, in place of the names of those. */
export function readGivenFiles(
  given: Map<SettingPath, Given>,
  placesAt: (where: string) => SecretPlaces,
): void {
  for (const [path, { value, where, inFile }] of given) {
    if (!inFile) continue
    const places = placesAt(where)
    if (typeof value !== 'string') places.fault(`Setting ${fileOfSecret(path)} is no name of a file`)
    else given.set(path, { value: readSecret(value, `Setting ${path}`, places) ?? '', where, inFile })
  }
}

/** Warns of files with secrets that everybody may read, that of the configuration too where it has some. */
export function warnOfReaders(
  given: ReadonlyMap<SettingPath, Given>,
  file: string | undefined,
  places: SecretPlaces,
): void {
  for (const path of SECRET_FILES) {
    const named = given.get(path)?.value
    if (typeof named === 'string' && named !== '') checkMode(named, `setting ${path}`, places)
  }
  const [inside] = SECRETS.filter((path) => {
    const { where = '', inFile } = given.get(path) ?? {}
    return file !== undefined && !inFile && where.startsWith(`${file}:`)
  })
  if (file !== undefined && inside !== undefined)
    checkMode(resolve(file), `the configuration, with setting ${inside},`, places)
}

interface ItemSchema {
  readonly properties?: Readonly<Record<string, { readonly secret?: true }>>
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>
}

/** Answers the secrets among the members of objects. */
export function secretMembers({ items }: Setting): readonly string[] {
  const { properties = {} } = (items ?? {}) as ItemSchema // written beside the settings
  return Object.keys(properties).filter((name) => properties[name]?.secret)
}

/** Answers the schema of objects whose secrets may come from files. */
export function withSecretFiles(setting: Setting): object {
  const names = secretMembers(setting)
  const { properties = {}, dependentRequired = {}, ...rest } = (setting.items ?? {}) as ItemSchema
  if (names.length === 0) return setting.items ?? {}
  const files = names.map((name) => [fileOfSecret(name), { type: 'string', minLength: 1 }])
  const needs = names.flatMap((name) => {
    const needed = dependentRequired[name]
    return needed ? [[fileOfSecret(name), needed]] : []
  })
  return {
    ...rest,
    properties: { ...properties, ...Object.fromEntries(files) },
    dependentRequired: { ...dependentRequired, ...Object.fromEntries(needs) },
  }
}

/** Answers feeds whose variables hold what files say. */
function readVariables(item: Record<string, unknown>, what: string, places: SecretPlaces): void {
  const { variableFiles, variables = {} } = item
  if (typeof variableFiles !== 'object' || variableFiles === null) return
  delete item.variableFiles
  const read = Object.entries(variableFiles).flatMap(([name, file]) => {
    const secret = readSecret(String(file), `${what}.variableFiles.${name}`, places)
    return secret === undefined ? [] : [[name, secret]]
  })
  item.variables = { ...(variables as object), ...Object.fromEntries(read) }
}

/** Answers objects with the secrets that their files hold, in place of the names of those. */
export function readMembers(path: SettingPath, value: unknown, places: SecretPlaces): unknown {
  const names = secretMembers(SETTINGS[path])
  if ((names.length === 0 && path !== 'feeds') || !Array.isArray(value)) return value
  return value.map((item: Readonly<Record<string, unknown>>, at) => {
    const read = { ...item }
    readVariables(read, `Setting ${path}.${at}`, places)
    for (const name of names) {
      const file = read[fileOfSecret(name)]
      if (typeof file !== 'string') continue
      const what = `Setting ${path}.${at}.${name}`
      if (read[name] !== undefined) places.fault(`${what} is given, and ${fileOfSecret(name)} too`)
      delete read[fileOfSecret(name)]
      const secret = readSecret(file, what, places)
      if (secret !== undefined) read[name] = secret
    }
    return read
  })
}
