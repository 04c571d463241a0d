import { RE2JS } from 're2js'
import { badRequestData, Problem } from '../model/problem.ts'

/** The longest pattern and the largest compiled program that are accepted: they bound the time per character. */
const MAX_LENGTH = 1024
const MAX_PROGRAM = 10_000

const compiled = new WeakMap<object, RE2JS>()

/**
 * Compiles a POSIX extended regular expression for a linear-time engine; back references and look-around do not exist.
 * `offset` is where the pattern stands in its parameter. @throws Problem BadRequestData with its position, TooComplexQuery
 */
export function compilePattern(pattern: string, subject: string, offset = 0): RE2JS {
  if (pattern.length > MAX_LENGTH) throw tooLarge(subject, `longer than ${MAX_LENGTH} characters`)
  const program = compileOrRefuse(pattern, subject, offset)
  if (program.programSize() > MAX_PROGRAM)
    throw tooLarge(subject, 'too large when its repetitions are unfolded')
  return program
}

/** Checks an `idPattern` at the door. @throws Problem BadRequestData, TooComplexQuery */
export function checkPattern(pattern: string, subject = 'idPattern'): void {
  compilePattern(pattern, subject)
}

/** Tells whether a pattern is found in a text; compiled once per key, an object that lives as long as the query. */
export function matchPattern(key: object, pattern: string, text: string): boolean {
  let program = compiled.get(key)
  if (!program) {
    program = compilePattern(pattern, 'pattern')
    compiled.set(key, program)
  }
  return program.test(text)
}

/** Keeps a program that was compiled while its query was parsed. */
export function keepPattern(key: object, program: RE2JS): void {
  compiled.set(key, program)
}

function compileOrRefuse(pattern: string, subject: string, offset: number): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (cause) {
    const position = offset + faultPosition(pattern, cause)
    throw new Problem(
      'BadRequestData',
      `Regular expression of parameter ${subject} is invalid at character ${position}: ${faultReason(cause)}`,
      { cause, members: { position } },
    )
  }
}

/** The engine names the part at fault, not its place: the last one like it is where parsing stopped, at the latest. */
function faultPosition(pattern: string, cause: unknown): number {
  const part = member(cause, 'input')
  return part === undefined ? Math.max(0, pattern.length - 1) : Math.max(0, pattern.indexOf(part))
}

function faultReason(cause: unknown): string {
  return member(cause, 'error') ?? 'it cannot be compiled'
}

function member(cause: unknown, name: 'error' | 'input'): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined
  const value: unknown = Reflect.get(cause, name)
  return typeof value === 'string' ? value : undefined
}

function tooLarge(subject: string, how: string): Problem {
  return new Problem('TooComplexQuery', `Regular expression of parameter ${subject} is ${how}`, {
    members: { limit: 'pattern', maximum: MAX_LENGTH },
  })
}

/** Refuses a pattern that is empty, which would match everything by accident. @throws Problem BadRequestData */
export function checkNotEmpty(pattern: string, subject: string, position: number): void {
  if (pattern === '') {
    throw badRequestData(`Parameter ${subject} has an empty regular expression at character ${position}`, {
      position,
    })
  }
}
