import { dirname, resolve } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Config } from './config.ts'
import { readEnvironment } from './config-environment.ts'
import { ConfigError, type ConfigFault } from './config-error.ts'
import type { Given } from './config-file.ts'
import { privacyFaults } from './config-privacy.ts'
import { retentionFaults } from './config-retention.ts'
import { SETTING_PATHS, SETTINGS, type SettingPath } from './config-schema.ts'
import { resolveSealing, sealingFaults } from './config-sealing.ts'
import type { SecretPlaces } from './config-secret-file.ts'
import { readGivenFiles, readMembers, warnOfReaders, withSecretFiles } from './config-secrets.ts'
import type { Setting } from './config-setting.ts'
import { readSources } from './config-sources.ts'

/** Where settings come from; later ones win: file, environment, flags (by setting path). */
export interface ConfigSources {
  readonly file?: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly flags?: Readonly<Partial<Record<SettingPath, { readonly flag: string; readonly value: unknown }>>>
}

/** Reads, checks and freezes the configuration. @throws ConfigError with all faults */
export async function readConfig({ file, environment, flags = {} }: ConfigSources): Promise<Config> {
  const faults: ConfigFault[] = []
  const given = new Map<SettingPath, Given>()
  if (file !== undefined) {
    const { readConfigFile } = await import('./config-file.ts')
    readConfigFile(file, given, faults)
  }
  readEnvironment(environment, given, faults)
  for (const path of SETTING_PATHS) {
    const flag = flags[path]
    if (flag && flag.value !== undefined) given.set(path, { value: flag.value, where: flag.flag })
  }
  const folder = file === undefined ? process.cwd() : dirname(resolve(file))
  const warnings: string[] = []
  const placesAt = (where: string): SecretPlaces => ({
    folder,
    fault: (text) => faults.push({ where, text }),
    warn: (text) => warnings.push(text),
  })
  readGivenFiles(given, placesAt)
  const tree: Record<string, unknown> = {}
  for (const path of SETTING_PATHS) {
    const value = checked(path, given.get(path), faults)
    set(tree, path, readMembers(path, value, placesAt(given.get(path)?.where ?? path)))
  }
  const config = tree as unknown as Config // every path was set with a checked value
  warnOfReaders(given, file, placesAt(''))
  checkTogether(config, { given, base: folder }, faults)
  const { client, tokenUrl, plainHttp } = config.federation
  const sources = readSources(config.federation.sources, {
    client: config.identity.enabled || client !== '',
    tokenUrl: tokenUrl !== '',
    provider: config.identity.enabled,
    plainHttp: plainHttp || config.auth.mode === 'off',
    folder,
    environment,
    warn: (text) => warnings.push(text),
    fault: (text) =>
      faults.push({ where: given.get('federation.sources')?.where ?? 'federation.sources', text }),
  })
  if (faults.length > 0) throw new ConfigError(faults)
  return deepFreeze({
    ...resolvePaths(config, folder),
    federation: { ...config.federation, sources },
    warnings,
  })
}

// the schemas are made here, of settings that are constants: they need no check of their own
const ajv = new Ajv2020({
  ...{ allErrors: true, strict: false, meta: false, validateSchema: false },
  // each runs once
  code: { optimize: false },
})
const checks = new Map<SettingPath, ValidateFunction>()

function checked(path: SettingPath, given: Given | undefined, faults: ConfigFault[]): unknown {
  const setting: Setting = SETTINGS[path]
  if (given === undefined) return setting.default
  const validate = checks.get(path) ?? ajv.compile(schemaOf(setting))
  checks.set(path, validate)
  if (validate(given.value)) return given.value
  for (const error of validate.errors ?? []) {
    const place = error.instancePath.replaceAll('/', '.')
    const extra = error.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : ''
    const values = setting.values ? `: ${setting.values.filter((value) => value !== '').join(', ')}` : ''
    faults.push({ where: given.where, text: `Setting ${path}${place} ${error.message}${extra}${values}` })
  }
  return setting.default
}

function schemaOf(setting: Setting): object {
  switch (setting.type) {
    case 'string':
      return {
        type: 'string',
        ...(setting.values && { enum: setting.values }),
        ...(setting.pattern && { pattern: setting.pattern }),
      }
    case 'integer':
      return {
        type: 'integer',
        minimum: setting.minimum ?? 0,
        ...(setting.maximum !== undefined && { maximum: setting.maximum }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'list':
      return { type: 'array', items: { type: 'string' } }
    case 'objects':
      return { type: 'array', items: withSecretFiles(setting) }
    default:
      return setting.type satisfies never
  }
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

function checkTogether(
  config: Config,
  { given, base }: { readonly given: ReadonlyMap<SettingPath, Given>; readonly base: string },
  faults: ConfigFault[],
): void {
  const where = (path: SettingPath): string => given.get(path)?.where ?? path
  if (config.auth.mode === 'off' && !config.auth.insecure && !LOOPBACK.test(config.listen.host)) {
    faults.push({
      where: where('listen.host'),
      text: `Hub without access control listens on loopback only, not on ${config.listen.host}; --insecure allows it`,
    })
  }
  const { certificate, key, clientAuthorities, clients } = config.listen.tls
  if ((certificate === '') !== (key === '')) {
    faults.push({ where: where('listen.tls.certificate'), text: 'TLS needs both certificate and key' })
  }
  if (clients !== 'none' && (certificate === '' || clientAuthorities === '')) {
    faults.push({
      where: where('listen.tls.clients'),
      text: 'Client certificates need listen.tls.certificate and listen.tls.clientAuthorities',
    })
  }
  if (config.store.kind === 'mongodb' && config.store.mongodb.url === '') {
    faults.push({ where: where('store.kind'), text: 'Store mongodb needs store.mongodb.url' })
  }
  if (config.auth.mode === 'required' && !config.identity.enabled && config.auth.issuers.length === 0) {
    faults.push({ where: where('auth.mode'), text: 'Access control needs auth.issuers or identity.enabled' })
  }
  for (const text of privacyFaults(resolvePaths(config, base)))
    faults.push({ where: where('privacy.reports'), text })
  for (const text of sealingFaults(resolvePaths(config, base)))
    faults.push({ where: where('sealing.keyFile'), text })
  for (const text of retentionFaults(config)) faults.push({ where: where('history.retain'), text })
}

function resolvePaths(config: Config, base: string): Config {
  return {
    ...config,
    data: resolve(config.data),
    listen: { ...config.listen, tls: resolveTls(config.listen.tls, base) },
    auth: { ...config.auth, policies: config.auth.policies.map((path) => resolve(base, path)) },
    masking: {
      ...config.masking,
      ...(config.masking.keyFile !== '' && { keyFile: resolve(base, config.masking.keyFile) }),
    },
    sealing: resolveSealing(config.sealing, base),
    privacy: {
      ...config.privacy,
      reports: config.privacy.reports && resolve(base, config.privacy.reports),
      backups: config.privacy.backups.map((path) => resolve(base, path)),
    },
    feeds: config.feeds.map((feed) => ({ ...feed, file: resolve(base, feed.file) })),
    places: {
      ...config.places,
      boundaries: config.places.boundaries.map((each) => ({ ...each, file: resolve(base, each.file) })),
    },
  }
}

function resolveTls(tls: Config['listen']['tls'], base: string): Config['listen']['tls'] {
  const { certificate, key, clientAuthorities, clients } = tls
  const at = (file: string): string => (file === '' ? '' : resolve(base, file))
  return { certificate: at(certificate), key: at(key), clientAuthorities: at(clientAuthorities), clients }
}

function set(tree: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) tree[first] = value
  else {
    tree[first] ??= {}
    set(tree[first] as Record<string, unknown>, rest.join('.'), value) // made one line above
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) deepFreeze(item)
  return Object.freeze(value)
}
