import type { JsonValue } from '../model/json.ts'

/** Adds an @context to the text of a JSON object. */
export function withContext(text: string, context: JsonValue): string {
  const member = `"@context":${JSON.stringify(context)}`
  return text === '{}' ? `{${member}}` : `${text.slice(0, -1)},${member}}`
}

/** Writes a FeatureCollection of Features, with its @context at the top or without one (CIM 009 v1.9.1, 4.5.16); `crs`: what else stands there. */
export function featureCollection(
  features: readonly string[],
  context: JsonValue | undefined,
  crs?: JsonValue,
): string {
  const head = crs === undefined ? '' : `"crs":${JSON.stringify(crs)},`
  const text = `{"type":"FeatureCollection",${head}"features":[${features.join(',')}]}`
  return context === undefined ? text : withContext(text, context)
}
