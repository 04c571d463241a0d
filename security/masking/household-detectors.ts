import type { Detector } from './identifier.ts'

const NUMBER = '\\d{1,4}[A-Za-z]?(?:\\/\\d{1,4}[A-Za-z]?){0,4}'
const DATE =
  '(?:(?:0?[1-9]|[12]\\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)\\d{2}|(?:19|20)\\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01]))'

/** Detectors of where people live and when they were born, over folded text. */
export const HOUSEHOLD_DETECTORS: readonly Detector[] = [
  {
    kind: 'address',
    pattern: new RegExp(`(?<![a-z])(?:so nha|nha so|sn)\\s{0,2}:?\\s{0,2}(${NUMBER})(?!\\w)`, 'dgi'),
  },
  {
    kind: 'address',
    pattern: new RegExp(
      `(?<![a-z])so\\s{1,2}(${NUMBER})(?=\\s{0,2},?\\s{0,2}(?:ngo|ngach|hem|kiet|to|duong|pho)(?![a-z]))`,
      'dgi',
    ),
  },
  {
    kind: 'address',
    pattern: new RegExp(`(?<![a-z])(?:ngo|ngach|hem|kiet)\\s{1,2}(?:so\\s{1,2})?(${NUMBER})(?!\\w)`, 'dgi'),
  },
  {
    kind: 'address',
    pattern: /(?<![a-z])(?:to dan pho|tdp|to)\s{1,2}(?:so\s{1,2})?(\d{1,3}[A-Za-z]?)(?!\w)/dgi,
  },
  {
    kind: 'address',
    pattern: new RegExp(`(?<![\\w/.,-])(${NUMBER}),? (?=(?:duong|pho|Duong|Pho) [A-Z])`, 'dg'),
  },
  {
    kind: 'birth-date',
    pattern: new RegExp(
      `(?<![a-z])(?:sinh ngay|ngay sinh|ngay thang nam sinh|sinh|nam sinh|ns|sn|dob|date of birth|born)(?![a-z])[^\\d\\n]{0,12}(${DATE})(?!\\d)`,
      'dgi',
    ),
  },
]
