import { type Carried, carriedIdentifiers } from '../../../security/masking/carried-identifiers.ts'
import type { Attributes, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'

/** An attribute that nobody classified and that carried an identifier: where, of what kind, how often; never what. */
export interface Finding extends Carried {
  readonly type: Iri
  /** Attribute, and sub-attributes of it. */
  readonly attributes: readonly Iri[]
  readonly count: number
  readonly firstSeenAt: Micros
  readonly lastSeenAt: Micros
}

/** What is known of one tenant: so many findings at most, and no value. */
export type Findings = Map<string, Finding>

/** Tells how the ontology classes an attribute; undefined: it does not. */
export type ClassOf = (attribute: Iri, types: readonly Iri[]) => string | undefined

const MOST = 1000

/** Notes what identifiers instances carry that nobody classified. Answers what was found. */
export function noteFindings(
  findings: Findings,
  {
    types,
    attributes,
    at,
  }: { readonly types: readonly Iri[]; readonly attributes: Attributes; readonly at: Micros },
  classOf: ClassOf,
): readonly Carried['detector'][] {
  const [type = ''] = types
  const noted: Carried['detector'][] = []
  walk(attributes, [])
  return noted

  function walk(all: Attributes, above: readonly Iri[]): void {
    for (const [name, instances] of Object.entries(all)) {
      const path = [...above, name]
      for (const instance of instances) {
        if (classOf(name, types) === undefined)
          for (const carried of carriedBy(instance, name)) note(path, carried)
        if (instance.attributes) walk(instance.attributes, path)
      }
    }
  }

  function note(path: readonly Iri[], carried: Carried): void {
    const key = JSON.stringify([type, path, carried.path, carried.detector])
    const before = findings.get(key)
    if (!before && findings.size >= MOST) return
    noted.push(carried.detector)
    findings.set(key, {
      ...{ type, attributes: path, ...carried },
      count: (before?.count ?? 0) + 1,
      firstSeenAt: before?.firstSeenAt ?? at,
      lastSeenAt: at,
    })
  }
}

/** Places and links are no texts. */
function carriedBy({ kind, value }: Instance, name: Iri): readonly Carried[] {
  if (kind === 'GeoProperty') return []
  return carriedIdentifiers(value, name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('#')) + 1))
}
