import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ConfigError } from '../../../broker/config-error.ts'
import { SETTINGS } from '../../../broker/config-schema.ts'
import type { Setting } from '../../../broker/config-setting.ts'
import { readConfig } from '../../../broker/read-config.ts'
import { temporaryFolder } from '../../support/stores.ts'

const SECRET = 'c2VjcmV0'.repeat(6)

describe('secrets in files', () => {
  const folder = temporaryFolder()
  after(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, content: string, mode = 0o600): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }
  const read = (environment: Record<string, string>, config?: string) =>
    readConfig({
      environment: { HUB_AUTH_MODE: 'off', ...environment },
      ...(config !== undefined && { file: file('hub.yaml', config) }),
    })
  const faults = (...given: Parameters<typeof read>) =>
    read(...given).then(
      () => [],
      (error: unknown) => {
        if (error instanceof ConfigError) return error.faults.map(({ text }) => text)
        throw error
      },
    )

  it('are read by variables and by the configuration, without the blanks around them', async () => {
    file('secret', `  ${SECRET}\n`)
    expect((await read({ HUB_SECRET_FILE: join(folder, 'secret') })).secret).to.equal(SECRET)
    const inside = await read({}, 'secretFile: secret\nfederation: { secretFile: secret }\n')
    expect([inside.secret, inside.federation.secret]).to.deep.equal([SECRET, SECRET])
  })

  it('are those of objects too, and of variables of feeds', async () => {
    file('secret', SECRET)
    const config = await read(
      {},
      'identity: { clients: [{ id: c, secretFile: secret }] }\nfeeds: [{ file: f, variables: { a: b }, variableFiles: { p: secret } }]\n',
    )
    expect(config.identity.clients[0]).to.deep.equal({ id: 'c', secret: SECRET })
    expect(config.feeds[0]?.variables).to.deep.equal({ a: 'b', p: SECRET })
  })

  it('give way to a later source as any setting does', async () => {
    file('secret', SECRET)
    const other = SECRET.replace('c', 'd')
    expect((await read({ HUB_SECRET: other }, 'secretFile: secret\n')).secret).to.equal(other)
  })

  it('are refused where the value is given too, where they cannot be read, and for what is no secret', async () => {
    file('secret', SECRET)
    expect(await faults({ HUB_SECRET: SECRET, HUB_SECRET_FILE: join(folder, 'secret') })).to.deep.equal([
      'Setting secret is given, and its file too',
    ])
    expect(await faults({}, `secret: ${SECRET}\nsecretFile: secret\n`)).to.have.length(1)
    expect(await faults({ HUB_SECRET_FILE: '/nowhere/it' })).to.deep.equal([
      'Setting secret names the file /nowhere/it, which cannot be read',
    ])
    expect(await faults({}, 'titleFile: secret\n')).to.deep.equal(['Setting titleFile is not known'])
  })

  it('are warned of where everybody may read them, in the configuration too', async () => {
    const path = file('open', SECRET, 0o644)
    expect((await read({ HUB_SECRET_FILE: path })).warnings).to.have.length(1)
    expect((await read({ HUB_SECRET_FILE: file('closed', SECRET, 0o640) })).warnings).to.deep.equal([])
    file('hub.yaml', `secret: ${SECRET}\nauth: { mode: 'off' }\n`, 0o644)
    const { warnings } = await readConfig({ environment: {}, file: join(folder, 'hub.yaml') })
    expect(warnings).to.have.length(1)
    expect(warnings.join()).not.to.contain(SECRET)
  })

  it('are all settings that sound like one', () => {
    const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS)
    const sounds = settings.filter(([path]) => /secret$|password$|keyFile$|tls\.key$|\.url$/i.test(path))
    expect(sounds.filter(([, { secret }]) => !secret).map(([path]) => path)).to.deep.equal([])
  })
})
