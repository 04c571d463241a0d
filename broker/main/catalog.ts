import type { TypeDefinition } from '../../ontology/ontology.ts'
import type { Config } from '../config.ts'
import type { Route } from '../http/route.ts'
import { catalogRoutes } from '../http/routes/catalog-routes.ts'
import { listDatasets } from '../operations/catalog/list-datasets.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import type { Parts } from './parts.ts'

/** Puts the catalogue together; the ontology is read when it is first asked for. */
export function assembleCatalog(
  { title }: Pick<Config, 'title'>,
  { contexts, ontology, url, ...read }: Pick<Parts, 'contexts' | 'ontology' | 'url'> & ReadDependencies,
): readonly Route[] {
  let known: ReadonlyMap<string, TypeDefinition> | undefined
  const types = (): ReadonlyMap<string, TypeDefinition> => {
    known ??= new Map(ontology.vocabulary.types.map((type) => [type.name, type]))
    return known
  }
  return catalogRoutes({
    place: () => ({ url, title, namespace: ontology.vocabulary.namespace }),
    listDatasets: listDatasets({ ...read, table: () => contexts.resolve(ontology.contextUrl), types }),
  })
}
