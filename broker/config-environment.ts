import type { ConfigFault } from './config-error.ts'
import type { Given } from './config-file.ts'
import { SETTING_PATHS, SETTINGS, type SettingPath } from './config-schema.ts'
import { fileOfSecret, SECRETS } from './config-secrets.ts'
import type { Setting } from './config-setting.ts'

/** Takes the settings of the environment down; its faults are added to the others. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  given: Map<SettingPath, Given>,
  faults: ConfigFault[],
): void {
  const known = new Map(SETTING_PATHS.map((path) => [environmentName(path), path]))
  const inFiles = new Map(SECRETS.map((path) => [environmentName(fileOfSecret(path)), path]))
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('HUB_') || text === undefined || IGNORED.has(name)) continue
    const path = known.get(name)
    const secret = inFiles.get(name)
    if (secret) {
      if (environment[environmentName(secret)] !== undefined)
        faults.push({ where: name, text: `Setting ${secret} is given, and its file too` })
      given.set(secret, { value: text, where: name, inFile: true })
    } else if (!path) faults.push({ where: name, text: 'Variable names no setting' })
    else given.set(path, { value: fromText(SETTINGS[path], text), where: name })
  }
}

/** Variables with this prefix that are not settings of a hub. */
const IGNORED: ReadonlySet<string> = new Set(['HUB_TEST_DATA', 'HUB_URL', 'HUB_ISSUER', 'HUB_TOKEN'])

/** Name of the environment variable of a setting. */
export function environmentName(path: string): string {
  return `HUB_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()}`
}

function fromText(setting: Setting, text: string): unknown {
  if (setting.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text
  if (setting.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (setting.type === 'list') return text === '' ? [] : text.split(',').map((item) => item.trim())
  return text
}
