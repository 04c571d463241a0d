import { itemsOf, type JsonObject } from '../../core/model/json.ts'

/** Answers the scopes of a registration (CIM 009 v1.9.1, 5.2.9). */
export function scopesOf({ scope }: JsonObject): readonly string[] {
  return itemsOf(scope).filter((item) => typeof item === 'string')
}
