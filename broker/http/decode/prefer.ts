import { NEWEST_VERSION } from '../../core/view/conform.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'

/** What a request prefers of the answer, by the standard's own preferences (CIM 009 v1.9.1, 6.3.6). */
export interface Preferences {
  /** Minor version that the body is to conform to: 4 is 1.4. */
  readonly version?: number
  /** The @context of GeoJSON goes into the Link header. */
  readonly contextInLink?: true
}

const NONE: Preferences = {}
/** One preference: name, value as token or quoted text; parameters do not change which one it is (RFC 7240, 2). */
const PREFERENCE = /^\s*([^\s"=;]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*)))?\s*(?:;|$)/
const MEMBERS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g
const VERSION = /^(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?$/

/** Reads a Prefer header; what is not known, or not well-formed, is passed over (RFC 7240, 2). */
export function preferences(header: string | undefined): Preferences {
  if (header === undefined || header === '') return NONE
  const values = new Map<string, string>()
  for (const member of header.match(MEMBERS) ?? []) {
    const [, name, quoted, token] = PREFERENCE.exec(member) ?? []
    const key = name?.toLowerCase()
    // of several the first counts
    if (key !== undefined && !values.has(key)) values.set(key, quoted ?? token ?? '')
  }
  const version = minorVersion(values.get('ngsi-ld'))
  return {
    ...(version !== undefined && { version }),
    ...(values.get('body')?.toLowerCase() === 'json' && { contextInLink: true }),
  }
}

/** Before 1.0 there is nothing to go back to, and after 1.x nothing that the hub knows. */
function minorVersion(text: string | undefined): number | undefined {
  const [, major, minor] = VERSION.exec(text ?? '') ?? []
  if (major === undefined) return undefined
  if (Number(major) === 0) return 0
  return Number(major) === 1 ? Number(minor) : Number.POSITIVE_INFINITY
}

/** The version to convert down to, when it is one before that of the hub (CIM 009 v1.9.1, 4.3.6.8). */
export function versionOption({ version }: Preferences): Pick<RenderOptions, 'version'> {
  return version === undefined || version >= NEWEST_VERSION ? {} : { version }
}

/** The header that says which version the body conforms to (CIM 009 v1.9.1, 6.3.6). */
export function versionHeader({ version }: Preferences): Readonly<Record<string, string>> {
  return version === undefined
    ? {}
    : { 'Preference-Applied': `ngsi-ld=1.${Math.min(version, NEWEST_VERSION)}` }
}
