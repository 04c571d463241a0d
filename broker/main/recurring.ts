import type { RegistrationDependencies } from '../operations/registrations/registration-dependencies.ts'
import { sweepRegistrations } from '../operations/registrations/sweep-registrations.ts'

/** Takes away registrations that have expired, beside requests. */
export interface RegistrationExpiry {
  start(): void
  stop(): Promise<void>
}

const SWEEP_MILLISECONDS = 2000

/** Makes what takes away expired registrations, one round after the other. */
export function registrationExpiry(
  dependencies: RegistrationDependencies,
  failed: (err: unknown, text: string) => void,
): RegistrationExpiry {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  const sweep = (): void => {
    sweeping ??= sweepRegistrations(dependencies)
      .catch((err: unknown) => failed(err, 'expired registrations are not deleted'))
      .finally(() => {
        sweeping = undefined
      })
  }
  return {
    start: () => {
      timer = setInterval(sweep, SWEEP_MILLISECONDS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await sweeping
    },
  }
}
