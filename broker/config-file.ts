import { readFileSync } from 'node:fs'
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
import type { ConfigFault } from './config-error.ts'
import { SETTING_PATHS, SETTINGS, type SettingPath } from './config-schema.ts'
import { secretOfFile } from './config-secrets.ts'

/** A value that somebody gave a setting, and where. */
export interface Given {
  readonly value: unknown
  readonly where: string
  /** The value is in the file that is named instead. */
  readonly inFile?: true
}

/** Takes the settings of a YAML file down, with the line of each; its faults are added to the others. */
export function readConfigFile(file: string, given: Map<SettingPath, Given>, faults: ConfigFault[]): void {
  const lines = new LineCounter()
  const document = parseFile(file, lines, faults)
  if (!document?.contents) return
  const whole: Document = document
  const where = (offset: number | undefined): string =>
    `${file}:${offset === undefined ? 1 : lines.linePos(offset).line}`
  walk(document.contents, '')

  function walk(node: unknown, prefix: string): void {
    if (!isMap(node)) {
      faults.push({
        where: where(isNode(node) ? node.range?.[0] : undefined),
        text: `${prefix || 'File'} is no map of settings`,
      })
      return
    }
    for (const { key, value } of node.items) {
      const name = String(key)
      const path = prefix === '' ? name : `${prefix}.${name}`
      const at = where(isNode(key) ? key.range?.[0] : undefined)
      if (Object.hasOwn(SETTINGS, path)) {
        const setting = path as SettingPath // it is a key of SETTINGS
        if (given.get(setting)?.inFile)
          faults.push({ where: at, text: `Setting ${path} is given, and its file too` })
        given.set(setting, { value: isNode(value) ? value.toJS(whole) : value, where: at })
      } else if (secretOfFile(path) !== undefined) inFile(path, value, at)
      else if (SETTING_PATHS.some((known) => known.startsWith(`${path}.`))) walk(value, path)
      else faults.push({ where: at, text: `Setting ${path} is not known` })
    }
  }

  function inFile(path: string, value: unknown, at: string): void {
    const secret = secretOfFile(path)
    if (secret === undefined) return
    if (given.has(secret)) faults.push({ where: at, text: `Setting ${secret} is given, and its file too` })
    given.set(secret, { value: isNode(value) ? value.toJS(whole) : value, where: at, inFile: true })
  }
}

function parseFile(file: string, lineCounter: LineCounter, faults: ConfigFault[]): Document | undefined {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter })
    for (const error of document.errors) {
      faults.push({
        where: `${file}:${error.linePos?.[0].line ?? 1}`,
        text: error.message.split('\n')[0] ?? error.message,
      })
    }
    return document
  } catch {
    faults.push({ where: file, text: 'File cannot be read' })
    return undefined
  }
}
