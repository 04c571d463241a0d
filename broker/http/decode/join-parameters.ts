import { isIri } from '../../core/model/iri.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Join } from '../../operations/entities/join-entities.ts'
import { listParameter } from './list-parameter.ts'

/** Parameters of linked entity retrieval (CIM 009 v1.9.1, 4.5.23). */
export const JOIN_PARAMETERS = ['join', 'joinLevel', 'containedBy'] as const

const MOST_LEVELS = 10

/** Reads how linked entities are to come along; undefined: not at all. @throws Problem BadRequestData, TooComplexQuery */
export function joinOf(query: URLSearchParams): Join | undefined {
  const mode = query.get('join')
  const level = joinLevel(query.get('joinLevel'))
  const containedBy = listParameter(query, 'containedBy', 'ids') ?? []
  const wrong = containedBy.find((id) => !isIri(id))
  if (wrong !== undefined)
    throw badRequestData(`Parameter containedBy holds ${JSON.stringify(wrong)}, which is no URI`)
  if (mode === null || mode === '@none') return undefined
  if (mode !== 'inline' && mode !== 'flat')
    throw badRequestData('Parameter join is none of flat, inline and @none')
  return { mode, level, containedBy }
}

function joinLevel(text: string | null): number {
  if (text === null) return 1
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw badRequestData('Parameter joinLevel is not a whole number of 1 or more')
  const level = Number(text)
  if (level <= MOST_LEVELS) return level
  throw new Problem('TooComplexQuery', `Parameter joinLevel is above ${MOST_LEVELS}`, {
    members: { limit: 'joinLevel', maximum: MOST_LEVELS },
  })
}

/** Refuses what looks deeper into linked entities than they come along. @throws Problem BadRequestData */
export function refuseTooDeep(parameter: string, depth: number, query: URLSearchParams): void {
  if (depth === 0) return
  const level = joinOf(query)?.level ?? 0
  if (level === 0) throw badRequestData(`Parameter ${parameter} looks into linked entities, which needs join`)
  if (depth > level)
    throw badRequestData(
      `Parameter ${parameter} looks into linked entities of level ${depth}, beyond the joinLevel of ${level}`,
    )
}
