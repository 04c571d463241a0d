import type { ToldOfCrowds } from '../../operations/entities/count-crowds.ts'
import type { HubAnswer } from '../route.ts'

/** Says how much of a count is of entities that the caller sees none of, and whether there is noise in it. */
export function togetherHeaders({ count, noise }: ToldOfCrowds): NonNullable<HubAnswer['headers']> {
  return {
    'Hub-Results-Together': String(count),
    ...(noise.length > 0 && { 'Hub-Count-Noise': [...new Set(noise)].join(', ') }),
  }
}
