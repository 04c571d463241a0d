import type { Config } from '../config.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Route } from '../http/route.ts'
import { accessRoutes } from '../http/routes/access-routes.ts'
import { auditRoutes } from '../http/routes/audit-routes.ts'
import { type ContextOperations, contextRoutes } from '../http/routes/context-routes.ts'
import { exchangeRoutes } from '../http/routes/exchange-routes.ts'
import { feedRoutes } from '../http/routes/feed-routes.ts'
import { identityRoutes } from '../http/routes/identity-routes.ts'
import { policyRoutes } from '../http/routes/policy-routes.ts'
import { revocationRoutes } from '../http/routes/revocation-routes.ts'
import { storeRoutes } from '../http/routes/store-routes.ts'
import { exportAudit, queryAudit, retrieveAuditHead } from '../operations/audit/query-audit.ts'
import { queryExchanges } from '../operations/audit/query-exchanges.ts'
import { addContext } from '../operations/contexts/add-context.ts'
import { deleteContext } from '../operations/contexts/delete-context.ts'
import { listContexts } from '../operations/contexts/list-contexts.ts'
import { serveContext } from '../operations/contexts/serve-context.ts'
import {
  listFeeds,
  readCheckpoint,
  readFeed,
  saveCheckpoint,
  saveFeed,
} from '../operations/feeds/feed-state.ts'
import {
  addToQuarantine,
  deleteQuarantine,
  listQuarantine,
  readQuarantine,
} from '../operations/feeds/quarantine.ts'
import { receiveRecords } from '../operations/feeds/receive-records.ts'
import { replayQuarantine } from '../operations/feeds/replay-quarantine.ts'
import { FEEDS_ELSEWHERE, NO_FEEDS, type RunningFeeds } from '../operations/feeds/running-feeds.ts'
import { listSigningKeys } from '../operations/identity/list-signing-keys.ts'
import { rotateSigningKeys } from '../operations/identity/rotate-signing-keys.ts'
import { explainAccess } from '../operations/policies/explain-access.ts'
import { listPolicies } from '../operations/policies/list-policies.ts'
import { reloadPolicies } from '../operations/policies/reload-policies.ts'
import { retrieveOwnAccess } from '../operations/policies/retrieve-own-access.ts'
import { retrieveStoreSize } from '../operations/store/retrieve-store-size.ts'
import { revokeTokens } from '../operations/tokens/revoke-tokens.ts'
import type { Parts } from './parts.ts'

/** Puts the routes together by which a hub is run: its @contexts, feeds, keys, policies, records and store. */
export function administrationRoutes({ limits }: Pick<Config, 'limits'>, parts: Parts): readonly Route[] {
  return [
    ...contextRoutes(contextOperations(parts)),
    ...feedRoutes(feedOperations(parts)),
    ...identityRoutes({
      listSigningKeys: listSigningKeys(parts),
      rotateSigningKeys: rotateSigningKeys(parts),
    }),
    ...policyRoutes({
      listPolicies: listPolicies(parts),
      reloadPolicies: reloadPolicies(parts),
      explainAccess: explainAccess(parts),
      expand: (name) => parts.policies.expand(name),
    }),
    ...accessRoutes({
      retrieveOwnAccess: retrieveOwnAccess({ ...parts, described: describedBy(parts.ontology) }),
    }),
    ...auditRoutes(
      {
        queryAudit: queryAudit(parts),
        exportAudit: exportAudit(parts),
        retrieveAuditHead: retrieveAuditHead(parts),
      },
      { most: limits.maxPage },
    ),
    ...exchangeRoutes({ queryExchanges: queryExchanges(parts) }, parts),
    ...revocationRoutes({ revokeTokens: revokeTokens(parts) }),
    ...storeRoutes({ retrieveStoreSize: retrieveStoreSize(parts) }),
  ]
}

/** What the ontology says of the attributes of each type; read when it is first asked for. */
function describedBy(ontology: Parts['ontology']): Parameters<typeof retrieveOwnAccess>[0]['described'] {
  let known: ReturnType<ReturnType<typeof describedBy>> | undefined
  return () => {
    known ??= new Map(
      ontology.vocabulary.types.map(({ iri: type, attributes }) => [
        type,
        attributes.map(({ iri, personalData, children }) => ({
          attribute: iri,
          class: children ? 'children' : personalData,
        })),
      ]),
    )
    return known
  }
}

function contextOperations({ store, contexts, clock }: Parts): ContextOperations {
  const dependencies = { store, contexts, clock }
  return {
    addContext: addContext(dependencies),
    listContexts: listContexts(dependencies),
    serveContext: serveContext(dependencies),
    deleteContext: deleteContext(dependencies),
  }
}

function feedOperations({
  store,
  clock,
  feeds,
  uses,
  audit,
  quotas,
  processes,
}: Parts): Parameters<typeof feedRoutes>[0] {
  const absent = processes.alone ? NO_FEEDS : FEEDS_ELSEWHERE
  const dependencies = { store, clock, maxFeeds: (tenant: Tenant) => quotas.of(tenant, 'feeds') }
  const running: RunningFeeds = {
    get tenant() {
      return (feeds() ?? absent).tenant
    },
    standing: (feed) => (feeds() ?? absent).standing(feed),
    receive: (feed, sent) => (feeds() ?? absent).receive(feed, sent),
    replay: (record) => (feeds() ?? absent).replay(record),
  }
  return {
    readFeed: readFeed({ store, running }),
    listFeeds: listFeeds({ store, running }),
    saveFeed: saveFeed({ ...dependencies, uses, audit }),
    readCheckpoint: readCheckpoint(dependencies),
    saveCheckpoint: saveCheckpoint(dependencies),
    addToQuarantine: addToQuarantine(dependencies),
    listQuarantine: listQuarantine(dependencies),
    readQuarantine: readQuarantine(dependencies),
    deleteQuarantine: deleteQuarantine(dependencies),
    replayQuarantine: replayQuarantine({ ...dependencies, running }),
    receiveRecords: receiveRecords({ ...dependencies, running }),
  }
}
