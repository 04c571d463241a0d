import { PROBLEM_TYPES, type ProblemType } from '../problem-types.ts'

const TYPES: readonly ProblemType[] = Object.values(PROBLEM_TYPES)

/** Answers the catalogue of problems as a schema: the types as values, and what is told of each. */
export function problemTypeSchema(): object {
  return {
    type: 'string',
    format: 'uri',
    description:
      'What kind of problem it is; `x-problems` tells of each. Types may be added: go by the status where you do not know one.',
    enum: TYPES.map(({ type }) => type),
    'x-problems': TYPES.map(({ type, status, title, when, remedy }) => ({
      ...{ type, status, title },
      description: `${when} ${remedy}`,
    })),
  }
}
