import { interactionPolicy } from 'oidc-provider'
import type { Account, Accounts } from './accounts.ts'
import { ASSURED_BY_TWO } from './assurance.ts'

/** Tells whether a login has to show a second factor: the account needs one, or an application asks for it. */
export function needsSecondFactor({ secondFactor = false }: Account, acrValues: unknown): boolean {
  return secondFactor || (typeof acrValues === 'string' && acrValues.split(' ').includes(ASSURED_BY_TWO))
}

/** What people are asked: who they are, again where a second factor is wanted that the login lacks; and what they agree to. */
export function askPeople(accounts: Accounts): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.get('login')?.checks.add(
    new interactionPolicy.Check(
      'second_factor',
      'the login needs a second factor',
      'login_required',
      ({ oidc: { session, params } }) => {
        const account = session?.accountId === undefined ? undefined : accounts.behind(session.accountId)
        if (!account || session?.acr === ASSURED_BY_TWO) return interactionPolicy.Check.NO_NEED_TO_PROMPT
        return needsSecondFactor(account, params?.acr_values)
          ? interactionPolicy.Check.REQUEST_PROMPT
          : interactionPolicy.Check.NO_NEED_TO_PROMPT
      },
    ),
  )
  return policy
}
