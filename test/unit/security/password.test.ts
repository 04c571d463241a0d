import { expect } from 'chai'
import { createAccounts } from '../../../security/identity/accounts.ts'
import { hashPassword, isPasswordHash, verifyPassword } from '../../../security/identity/password.ts'

describe('security/identity: passwords', () => {
  it('takes the password that was hashed, however its letters are composed', async () => {
    const hash = await hashPassword('mật khẩu'.normalize('NFC'))
    expect(hash).to.match(/^scrypt\$16384\$8\$1\$[\w-]+\$[\w-]+$/)
    expect(isPasswordHash(hash)).to.equal(true)
    expect(await verifyPassword('mật khẩu'.normalize('NFD'), hash)).to.equal(true)
    expect(await verifyPassword('mat khau', hash)).to.equal(false)
    expect(await verifyPassword('', hash)).to.equal(false)
  })

  it('salts: two hashes of one password differ', async () => {
    expect(await hashPassword('x')).not.to.equal(await hashPassword('x'))
  })

  for (const bad of [
    '',
    'plain',
    'scrypt$16384$8$1$aaaaaaaa',
    'scrypt$16384$8$1$$',
    'bcrypt$1$2$3$aaaaaaaa$aaaaaaaaaaaaaaaaaaaaaaaa',
  ]) {
    it(`takes nothing for “${bad}”`, async () => {
      expect(isPasswordHash(bad)).to.equal(false)
      expect(await verifyPassword(bad, bad)).to.equal(false)
    })
  }

  it('refuses settings that would cost the hub too much or nothing', () => {
    const rest = 'aaaaaaaaaaaa$aaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    for (const settings of ['2097152$8$1', '16384$99$1', '16383$8$1', '2$8$1', '16384$0$1']) {
      expect(isPasswordHash(`scrypt$${settings}$${rest}`), settings).to.equal(false)
    }
  })

  it('takes nothing for nobody', async () => {
    expect(await verifyPassword('x', undefined)).to.equal(false)
  })

  it('belong to no account that is named by the number of an identity card', async () => {
    const pseudonym = (name: string) => name
    for (const name of ['012345678901', 'CCCD 012345678901', '123456789']) {
      const refused = await createAccounts([{ name }], { pseudonym }).catch((error: Error) => error.message)
      expect(refused)
        .to.match(/national id/)
        .and.not.contain(name)
    }
    expect((await createAccounts([{ name: 'tran.thi.b-2' }], { pseudonym })).named('tran.thi.b-2')).to.be.an(
      'object',
    )
  })
})
