/** An expanded name: an absolute IRI. */
export type Iri = string

/** The NGSI-LD namespace and the prefix of every name that no @context maps (CIM 009 v1.9.1, 5.5.7). */
export const NGSI_LD = 'https://uri.etsi.org/ngsi-ld/'
export const DEFAULT_CONTEXT = `${NGSI_LD}default-context/`

/** The NGSI-LD Null of CIM 009 v1.9.1, 4.5.0: asks for a deletion inside a fragment. */
export const NGSI_LD_NULL = 'urn:ngsi-ld:null'

/** Well-known expanded names of the core context. */
export const LOCATION = `${NGSI_LD}location`
export const OBSERVATION_SPACE = `${NGSI_LD}observationSpace`
export const OPERATION_SPACE = `${NGSI_LD}operationSpace`

/** The geospatial properties of an entity that the core defines (CIM 009 v1.9.1, 4.7.1): they are of no other kind. */
export const GEO_PROPERTIES: ReadonlySet<Iri> = new Set([LOCATION, OBSERVATION_SPACE, OPERATION_SPACE])

/** The usual id: visible ASCII, and of that what an IRI may hold. */
const PLAIN_IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-[\]_a-z~]+$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be refused
const FORBIDDEN = /[\s<>"{}|\\^`\u0000-\u001f\u007f]/
// RFC 3987, 4.1 and 8: what nobody can see makes two ids look like one. The joiners belong to the spelling of some languages.
const UNSEEN =
  /(?![\u200c\u200d])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u2800]/u

/** Tells whether a text is a URI or IRI as an id may be: `scheme:rest`, no blanks, nothing unseen, none of `<>"{}|\^` and backtick. */
export function isIri(text: string): boolean {
  if (PLAIN_IRI.test(text)) return true
  return SCHEME.test(text) && !FORBIDDEN.test(text) && text.isWellFormed() && !UNSEEN.test(text)
}

const SIMPLE_NAME = /^\p{L}[\p{L}\p{N}_]*$/u
const PREFIXED_NAME = /^\p{L}[\p{L}\p{N}_-]*:\p{L}[\p{L}\p{N}_]*$/u

/** Tells whether a text may name an attribute or a type (CIM 009 v1.9.1, 4.6.2): a name, `prefix:name`, or a URI. */
export function isName(text: string): boolean {
  return SIMPLE_NAME.test(text) || PREFIXED_NAME.test(text) || isIri(text)
}
