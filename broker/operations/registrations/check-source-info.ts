import { isJsonArray, isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { FROM_REQUEST } from '../../federation/forward/source-headers.ts'
import { HIDDEN, mayBeCredential } from '../credentials.ts'

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\x20-\x7e]*$/
const JSON_TYPES: readonly JsonValue[] = ['application/json', 'application/ld+json']

/** Checks the keys with a meaning, and that all can be headers (CIM 009 v1.9.1, 4.3.6.6). @throws Problem BadRequestData */
export function checkSourceInfo(pairs: JsonValue | undefined): void {
  if (!isJsonArray(pairs)) return
  for (const { key, value } of pairs.filter(isJsonObject)) check(`${key}`, `${value}`)
}

/** Tells whether a pair of contextSourceInfo may be a credential that is kept, not one handed on from the request. */
export function isSecret(key: string, value: string): boolean {
  return mayBeCredential(key) && value !== FROM_REQUEST
}

function check(key: string, value: string): void {
  const refuse = (text: string) => badRequestData(`Registration member contextSourceInfo has ${text}`)
  if (!HEADER_NAME.test(key)) throw refuse('a key that is no name of a header')
  if (!HEADER_VALUE.test(value)) throw refuse(`a value of ${key} that cannot stand in a header`)
  if (value === HIDDEN) throw refuse(`${HIDDEN} as the value of ${key}: give the value itself`)
  const name = key.toLowerCase()
  if ((name === 'accept' || name === 'contenttype') && !JSON_TYPES.includes(value)) {
    throw refuse(`a value of ${key} other than ${JSON_TYPES.join(' and ')}`)
  }
  if (name === 'ngsildconformance' && !/^\d+\.\d+$/.test(value)) {
    throw refuse(`a value of ${key} that is not of the form major.minor`)
  }
  if (name === 'jsonldcontext' && !isWebUrl(value))
    throw refuse(`a value of ${key} that is no http or https URL`)
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
