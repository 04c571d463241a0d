import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import {
  keepsSecret,
  REGISTRATION_SEAL,
  registrationSecrets,
} from '../../../broker/operations/registrations/registration-secrets.ts'
import { createSeal } from '../../../security/seal.ts'

const secrets = () => registrationSecrets(createSeal(randomBytes(32), REGISTRATION_SEAL))
const trace = { key: 'X-Request-Id', value: 'on' }
const handedOn = { key: 'Cookie', value: 'urn:ngsi-ld:request' }
const credential = { key: 'Authorization', value: 'Bearer s3cret' }
const document: JsonObject = {
  id: 'urn:r:1',
  endpoint: 'http://source.example',
  information: [],
  contextSourceInfo: [credential, trace, handedOn],
}

describe('5.9 Credentials of registrations', () => {
  it('are sealed where they are kept, and there for those who ask the source', () => {
    const keeper = secrets()
    const kept = keeper.close(document, DEFAULT_TENANT)
    expect(JSON.stringify(kept)).to.not.include('s3cret')
    expect(keepsSecret(kept)).to.equal(false)
    expect(kept.contextSourceInfo).to.deep.equal([{ ...credential, value: '***' }, trace, handedOn])
    expect(keeper.open(kept, DEFAULT_TENANT)).to.deep.equal(document)
    const registration = keeper.read(kept, DEFAULT_TENANT)
    expect(registration.contextSourceInfo).to.deep.equal([credential, trace, handedOn])
    expect(JSON.stringify(registration.document)).to.not.include('s3cret')
    expect(registration.document).to.not.have.property('sealed')
  })

  it('are of no use under another id, in another tenant or to another hub: nothing is sent in their place', () => {
    const keeper = secrets()
    const kept = keeper.close(document, DEFAULT_TENANT)
    for (const opened of [
      keeper.open({ ...kept, id: 'urn:r:2' }, DEFAULT_TENANT),
      keeper.open(kept, parseTenant('city')),
      secrets().open(kept, DEFAULT_TENANT),
    ]) {
      expect(opened.contextSourceInfo).to.deep.equal([trace, handedOn])
    }
  })

  it('leave no trace when there are none any more', () => {
    const keeper = secrets()
    const kept = keeper.close({ ...document, contextSourceInfo: [trace] }, DEFAULT_TENANT)
    expect(kept).to.deep.equal({ ...document, contextSourceInfo: [trace] })
    expect(keepsSecret(kept)).to.equal(false)
    expect(keepsSecret(document)).to.equal(true)
  })
})
