import type { Account, Accounts, ConfiguredClient } from './accounts.ts'

/** As what accounts are known to applications. */
export interface Subjects {
  /** Answers what applications of this sector are told of an account in place of its subject here. */
  told(subject: string, sector: string): string
  /** The same for one application. */
  toldTo(subject: string, client: string): string
  /** Answers the subject here behind what an application was told. */
  behind(token: { readonly subject: string; readonly client?: string }): string | undefined
}

/**
 * Gives applications of third parties a subject of their own for each account (pairwise identifiers, OpenID Connect Core
 * 8.1): two of them cannot find out that they know the same person.
 */
export function pairwiseSubjects({
  accounts,
  all,
  clients,
  pseudonym,
}: {
  readonly accounts: Accounts
  readonly all: readonly Account[]
  readonly clients: readonly ConfiguredClient[]
  readonly pseudonym: (text: string) => string
}): Subjects {
  const told = (subject: string, sector: string) => pseudonym(JSON.stringify(['sector', sector, subject]))
  const foreign = clients.filter(({ thirdParty }) => thirdParty === true)
  const sectors = new Map(foreign.map((client) => [client.id, sectorOf(client)]))
  const bySector = new Map(
    [...new Set(sectors.values())].map((sector) => {
      const subjects = all.map((account) => accounts.subjectOf(account))
      return [sector, new Map(subjects.map((subject) => [told(subject, sector), subject]))] as const
    }),
  )
  return {
    told,
    toldTo: (subject, client) => {
      const sector = sectors.get(client)
      return sector === undefined ? subject : told(subject, sector)
    },
    behind: ({ subject, client = '' }) => {
      const sector = sectors.get(client)
      if (sector !== undefined) return bySector.get(sector)?.get(subject)
      return accounts.behind(subject) ? subject : undefined
    },
  }
}

/** Applications with the same host are one sector. @throws Error for a client with several hosts, or none */
export function sectorOf({ id, redirectUris = [] }: ConfiguredClient): string {
  const [sector, ...others] = new Set(redirectUris.map((uri) => new URL(uri).host))
  if (sector === undefined || others.length > 0) {
    throw new Error(`Client ${id} of a third party has not redirectUris of one host`)
  }
  return sector
}
