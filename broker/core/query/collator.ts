import { badRequestData, type Problem } from '../model/problem.ts'
import { compareText } from './compare-text.ts'

/** Orders two texts: negative, zero or positive. */
export type CompareTexts = (left: string, right: string) => number

/** English has the root collation of ICU; `und` would be whatever the machine's own language has. */
const ROOT = 'en'

const STRENGTHS: Readonly<Record<string, Intl.CollatorOptions['sensitivity']>> = {
  level1: 'base',
  level2: 'accent',
  level3: 'variant',
  level4: 'variant',
  identic: 'variant',
}

/** Keys of RFC 6067 that are obeyed, each with its values; `co` is checked against the language. */
const KEYS: Readonly<Record<string, RegExp>> = {
  co: /^[a-z0-9-]+$/,
  kn: /^(?:true|false)?$/,
  kf: /^(?:upper|lower|false)$/,
  ks: /^(?:level[1-4]|identic)$/,
  kc: /^(?:true|false)?$/,
  ka: /^(?:noignore|shifted)$/,
}

const made = new Map<string, CompareTexts>()
const MOST = 50

/**
 * Answers how a collation orders texts (CIM 009 v1.9.1, 4.23.3; RFC 6067): a BCP 47 tag with `-u-` keys; absent: the
 * root collation. @throws Problem BadRequestData
 */
export function collatorOf(tag = 'und'): CompareTexts {
  const known = made.get(tag)
  if (known) return known
  const collator = compile(tag)
  if (made.size >= MOST) made.clear()
  made.set(tag, collator)
  return collator
}

function compile(tag: string): CompareTexts {
  const { language, keys } = readTag(tag)
  const { ks, kc, ka, co, ...others } = keys
  const collator = new Intl.Collator(localeOf(language, { ...others, ...(co !== 'standard' && { co }) }), {
    sensitivity: kc !== undefined && kc !== 'false' && ks === 'level1' ? 'case' : STRENGTHS[ks ?? 'level3'],
    ...(ka !== undefined && { ignorePunctuation: ka === 'shifted' }),
  })
  if (co !== undefined && co !== 'standard' && collator.resolvedOptions().collation !== co)
    throw unknownCollation(`has no order "${co}" for its language`)
  if (ks !== 'identic') return collator.compare
  return (left, right) => collator.compare(left, right) || compareText(left, right)
}

interface Tag {
  readonly language: string
  readonly keys: Readonly<Record<string, string | undefined>>
}

function readTag(tag: string): Tag {
  const locale = parsed(tag)
  const [language = ROOT] = Intl.Collator.supportedLocalesOf([locale.baseName])
  const extension = /-u-(.*?)(?=-[a-z0-9]-|$)/.exec(locale.toString().toLowerCase())?.[1] ?? ''
  const keys: Record<string, string> = {}
  let key: string | undefined
  for (const part of extension.split('-').filter((each) => each !== '')) {
    if (part.length === 2) key = part
    if (key === undefined) throw unknownCollation(`has an attribute "${part}"`)
    keys[key] = part.length === 2 ? '' : [keys[key], part].filter((each) => each !== '').join('-')
  }
  for (const [name, value] of Object.entries(keys)) {
    if (!KEYS[name]?.test(value))
      throw unknownCollation(`has a key or value "${name}-${value}" that is not known here`)
  }
  return { language, keys }
}

function parsed(tag: string): Intl.Locale {
  try {
    return new Intl.Locale(tag)
  } catch {
    throw unknownCollation('is no BCP 47 tag')
  }
}

function localeOf(language: string, keys: Tag['keys']): string {
  const parts = Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [key, value]))
  const extension = parts.filter((part) => part !== '').join('-')
  return extension === '' ? language : `${language}-u-${extension}`
}

function unknownCollation(what: string): Problem {
  return badRequestData(`Parameter collation ${what}`)
}
