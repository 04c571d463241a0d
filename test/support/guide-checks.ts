import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse } from 'yaml'
import { FEED_SCHEMA } from '../../adapters/kit/definition/feed-schema.ts'
import { parseDefinition } from '../../adapters/kit/definition/load-definition.ts'
import { channelOf, reading } from '../../adapters/kit/mapping/channel.ts'
import type { JsonMap } from '../../adapters/kit/values/json.ts'
import { ConfigError } from '../../broker/config-error.ts'
import { SETTING_PATHS } from '../../broker/config-schema.ts'
import { readIndicators } from '../../broker/main/indicators.ts'
import { vocabularyOf } from '../../broker/main/policies.ts'
import { readConfig } from '../../broker/read-config.ts'
import { entityValidator } from '../../ontology/entity-validator.ts'
import { readOntology } from '../../ontology/ontology.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { checkPolicies } from '../../security/policy/load-policies.ts'
import { POLICY_SCHEMA } from '../../security/policy/policy-schema.ts'
import type { GuideBlock } from './guide-blocks.ts'

/** Checks a block that is not run, in the folder of its page. @throws whatever is wrong with it */
export type GuideCheck = (text: string, folder: string) => void | Promise<void>

const ontology = readOntology(packageRoot)
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, discriminator: true })
formats.default(ajv)
const validateEntity = entityValidator(ontology)
const TSC = join(packageRoot, 'node_modules/typescript-native/bin/tsc')
/** What is wrong with the machine that reads settings, not with them. */
const OF_THE_MACHINE = /which (?:cannot be read|is not set)$/
const STARTED = { flag: 'hub', value: true }

/** What is done with blocks by their language; those of `text` are no code. */
const CHECKS: Readonly<Record<string, GuideCheck>> = {
  text: () => undefined,
  sh: (text) => program('bash', ['-n'], text),
  js: (text) => program(process.execPath, ['--check', '--input-type=module', '-'], text),
  python: (text) => program('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text),
  json: checkJson,
  yaml: checkYaml,
  csv: (text) => void parseCsv(text),
}

/** Checks a block by its language. @throws Error for a language that nobody checks, or with what is wrong */
export async function checkBlock({ language, text, line }: GuideBlock, folder: string): Promise<void> {
  const check = CHECKS[language]
  if (!check) throw new Error(`Line ${line}: nothing checks blocks of language "${language}"`)
  try {
    await check(text, folder)
  } catch (error) {
    throw new Error(`Line ${line}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/** Checks the types of programs, all at once, as files of a folder like a checkout. @throws Error with all faults */
export function checkTypes(programs: ReadonlyMap<string, string>, folder: string): void {
  if (programs.size === 0) return
  for (const [name, text] of programs) writeFileSync(join(folder, name), text)
  const compilerOptions = {
    noEmit: true,
    incremental: false,
    noUnusedLocals: false,
    exactOptionalPropertyTypes: false,
    allowImportingTsExtensions: true,
    rootDir: '/',
    paths: { '@urban-data-hub/client': [join(packageRoot, 'openapi/client/dist/client.d.ts')] },
  }
  const config = {
    extends: join(packageRoot, 'tsconfig.json'),
    compilerOptions,
    include: [...programs.keys()],
  }
  const file = join(folder, 'programs.json')
  writeFileSync(file, JSON.stringify(config))
  program(process.execPath, [TSC, '-p', file], '')
}

function program(name: string, args: readonly string[], input: string): void {
  const { error, status, stderr, stdout } = spawnSync(name, args, { input, encoding: 'utf8' })
  if (error && 'code' in error && error.code === 'ENOENT') return // what the machine lacks checks nothing
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
}

/** JSON, or lines of it; entities of the ontology are as it has them. */
function checkJson(text: string): void {
  for (const value of parsedJson(text)) {
    const isEntity = typeof value === 'object' && value !== null && 'id' in value && 'type' in value
    const faults = isEntity ? validateEntity(value as JsonMap) : [] // it was JSON
    if (faults.length > 0) throw new Error(JSON.stringify(faults))
  }
}

function parsedJson(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  }
}

/** Policies, a feed or parts of one, settings, or rows of a table of values: as whoever reads them checks them. */
async function checkYaml(text: string, folder: string): Promise<void> {
  const several = text.split(/^---$/m)
  if (several.length > 1) {
    for (const one of several) await checkYaml(one, folder)
    return
  }
  const value: unknown = parse(text)
  const keys = Object.keys(Object(value))
  const fits = (known: readonly string[]): boolean => keys.every((key) => known.includes(key))
  const checks: (readonly [boolean, GuideCheck])[] = [
    [fits(Object.keys(POLICY_SCHEMA.properties)), checkRules],
    [fits(Object.keys(FEED_SCHEMA.properties)), checkFeed],
    [fits(SETTING_PATHS.map((path) => path.split('.', 1)[0] ?? '')), checkSettings],
  ]
  const fitting = checks.filter(([fit]) => fit)
  if (fitting.length === 0) return checkChannels(value as JsonMap) // whose rows it judges
  const faults: string[] = []
  for (const [, check] of fitting) {
    try {
      return await check(text, folder)
    } catch (error) {
      faults.push(error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : String(error))
    }
  }
  throw new Error(faults.join('\n'))
}

function checkRules(text: string): void {
  checkPolicies([{ name: 'block', text }], { vocabulary: vocabularyOf(ontology), hub: {} })
}

function checkFeed(text: string): void {
  const parts: Record<string, unknown> = parse(text)
  if (FEED_SCHEMA.required.every((name) => name in parts)) return void parseDefinition(text, 'feed.yaml')
  // what parts of a feed ask of each other is no matter of one part
  const schema = { type: 'object', properties: FEED_SCHEMA.properties }
  if (!ajv.validate(schema, parts)) throw new Error(ajv.errorsText(ajv.errors))
}

async function checkSettings(text: string, folder: string): Promise<void> {
  const file = join(folder, 'config', 'block.yaml')
  writeFileSync(file, text)
  try {
    const config = await readConfig({ file, environment: {}, flags: { 'identity.enabled': STARTED } })
    readIndicators(config.indicators, (name) => name)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const faults = error.faults.filter((fault) => !OF_THE_MACHINE.test(fault.text))
    if (faults.length > 0) throw new ConfigError(faults)
  }
}

/** What a value could be that a row is about, by the row. */
function checkChannels(rows: JsonMap): void {
  for (const row of Object.values(rows)) {
    const channel = channelOf(row, 'FloodMonitoring')
    if (channel)
      reading(channel, Object.keys(channel.values ?? {})[0] ?? 3.2, {
        doubt: (text) => {
          throw new Error(text)
        },
      })
  }
}
