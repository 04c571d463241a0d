import { REFERENCE_SYSTEMS, WGS84 } from './reference-systems.ts'

/**
 * Answers the id of the system that a .prj file (WKT) describes, by its numbers and not by its name: such files leave the shift of
 * the datum out. undefined: none that is known, so that the coordinates have to tell.
 */
export function readPrj(text: string): string | undefined {
  const vietnamese = /DATUM\s*\[\s*"[^"]*(?:VN|Viet\s*_?Nam)[-_ ]*2000[^"]*"/i.test(text)
  const world = /DATUM\s*\[\s*"(?:D_)?(?:WGS[-_ ]*(?:19)?84|World Geodetic System 1984)[^"]*"/i.test(text)
  if (!vietnamese && !world) return undefined
  if (!/PROJCS|PROJCRS/i.test(text)) return vietnamese ? 'EPSG:4756' : WGS84
  const meridian = parameter(text, 'central_meridian|longitude of natural origin')
  const scale = parameter(text, 'scale_factor|scale factor at natural origin')
  if (parameter(text, 'false_easting|false easting') !== 500_000) return undefined
  return REFERENCE_SYSTEMS.find(
    ({ definition }) =>
      definition.includes(`+lon_0=${meridian} +k=${scale} `) &&
      definition.includes('+towgs84') === vietnamese,
  )?.id
}

function parameter(text: string, name: string): number | undefined {
  const found = new RegExp(`PARAMETER\\s*\\[\\s*"(?:${name})"\\s*,\\s*([-+.\\dEe]+)`, 'i').exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
