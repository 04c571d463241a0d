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

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be refused
const FORBIDDEN = /[\s<>"{}|\\^`\u0000-\u001f\u007f]/

/** Tells whether a text is a URI or IRI as an id may be: `scheme:rest`, no blanks, none of `<>"{}|\^` and backtick. */
export function isIri(text: string): boolean {
  return SCHEME.test(text) && !FORBIDDEN.test(text) && text.isWellFormed()
}

const SIMPLE_NAME = /^\p{L}[\p{L}\p{N}_]*$/u
const PREFIXED_NAME = /^\p{L}[\p{L}\p{N}_-]*:\p{L}[\p{L}\p{N}_]*$/u

/** Tells whether a text may name an attribute or a type (CIM 009 v1.9.1, 4.6.2): a name, `prefix:name`, or a URI. */
export function isName(text: string): boolean {
  return SIMPLE_NAME.test(text) || PREFIXED_NAME.test(text) || isIri(text)
}
