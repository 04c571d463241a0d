import { createPrivateKey, X509Certificate } from 'node:crypto'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Registry } from '../../federation/registry/registry.ts'
import { isFederated } from '../../subscriptions/notify/as-served.ts'
import { templateFault } from '../../subscriptions/notify/template-fault.ts'
import type { DeliveryOptions } from '../../subscriptions/subscription.ts'
import { HIDDEN } from '../credentials.ts'

/** Reads how notifications are to be delivered; a hidden secret stands for the one that is kept. @throws Problem BadRequestData */
export function decodeDelivery(options: DeliveryOptions, kept: DeliveryOptions): DeliveryOptions {
  const secrets = (['signingSecret', 'certificateKey'] as const).flatMap((member) => {
    if (options[member] !== HIDDEN) return []
    if (kept[member] === undefined)
      throw badRequestData(`Delivery keeps no ${member} that ${HIDDEN} stands for`)
    return [[member, kept[member]] as const]
  })
  const whole = { ...options, ...Object.fromEntries(secrets) }
  checkCertificates(whole)
  return whole
}

/**
 * Checks that an endpoint can be served like this: other brokers are told what the standard says, and nothing else.
 * @throws Problem BadRequestData, OperationNotSupported for an endpoint of the federation
 */
export function checkServed(
  { template, rename, signingSecret, certificate, authorities }: DeliveryOptions,
  { uri, tenant }: { readonly uri: string; readonly tenant: Tenant },
  { sources }: { readonly sources: Pick<Registry, 'all'> },
): void {
  const url = new URL(uri)
  const http = url.protocol === 'http:' || url.protocol === 'https:'
  if (signingSecret !== undefined && !http)
    throw badRequestData('Delivery has a signingSecret, which is for http and https endpoints')
  if ((certificate ?? authorities) !== undefined && url.protocol !== 'https:' && url.protocol !== 'mqtts:')
    throw badRequestData('Delivery has certificates, which are for https and mqtts endpoints')
  if ((template ?? rename) === undefined) return
  const endpoints = sources.all(tenant).map(({ endpoint }) => endpoint)
  if (!isFederated(uri, endpoints)) return
  throw new Problem(
    'OperationNotSupported',
    'Subscription endpoint is one of the federation, which takes notifications of the standard only',
  )
}

/** Checks the template of a delivery, where it has one. @throws Problem BadRequestData */
export async function checkTemplate({ template }: DeliveryOptions): Promise<void> {
  if (template === undefined) return
  const fault = await templateFault(template)
  if (fault !== undefined) throw badRequestData(`Delivery template is no JSONata expression: ${fault}`)
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

function checkCertificates({ certificate, certificateKey, authorities }: DeliveryOptions): void {
  if ((certificate === undefined) !== (certificateKey === undefined))
    throw badRequestData('Delivery has only one of certificate and certificateKey, which go together')
  if (authorities !== undefined) readCertificates('authorities', authorities)
  if (certificate === undefined || certificateKey === undefined) return
  const [own] = readCertificates('certificate', certificate)
  if (!own?.checkPrivateKey(readKey(certificateKey)))
    throw badRequestData('Delivery has a certificateKey that is not the one of its certificate')
}

/** The own certificate stands first, those that vouch for it follow. */
function readCertificates(member: string, text: string): readonly X509Certificate[] {
  try {
    const found = text.match(CERTIFICATES)?.map((one) => new X509Certificate(one))
    if (found) return found
  } catch {
    // told below: the reason could repeat what was sent
  }
  throw badRequestData(`Delivery member ${member} is no certificate in PEM`)
}

function readKey(text: string) {
  try {
    return createPrivateKey(text)
  } catch {
    // the reason could repeat what was sent
    throw badRequestData('Delivery member certificateKey is no private key in PEM without a passphrase')
  }
}
