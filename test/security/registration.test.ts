import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { matrix, strategy } from '../contract/matrix.js'
import { Device, newAccount } from '../device.js'
import { startServer } from '../start-server.js'

describe.each(matrix)('%s', (_label, it) => {
  test('of registrations of one account at once, in every spelling, one wins, and losers hold nothing [ASVS 15.4.2]', async () => {
    const [one, two] = [await startServer(it), await startServer(it)] as const
    const account = newAccount()
    const spellings = [
      account,
      { ...newAccount(), email: account.email.toUpperCase() },
      { ...newAccount(), email: ` ${account.email} ` },
      { ...newAccount(), nickname: account.nickname.toUpperCase() },
      { ...newAccount(), nickname: account.nickname.replace('ann', '\uff41\uff4e\uff4e') },
    ]
    const devices = [one, two, one, two].flatMap((server) =>
      spellings.map((spelling) => ({ device: new Device(server), spelling })),
    )
    const answers = await Promise.all(
      devices.map(({ device, spelling }) => device.register(spelling)),
    )
    const won = answers.flatMap(({ status }, index) => (status === 201 ? [devices[index]] : []))
    // The second email and the first nickname can both win: they belong to different accounts.
    const named = (field: 'email' | 'nickname'): number =>
      won.filter((it) => isSame(it?.spelling[field] ?? '', account[field])).length
    expect([named('email') <= 1, named('nickname') <= 1, won.length >= 1]).toEqual([
      true,
      true,
      true,
    ])
    // 503: a store that has too much to do at once, on a slow machine; it has refused, too.
    const others = answers.map(({ status }) => status).filter((status) => status !== 201)
    expect(others).toContain(409)
    expect(others.filter((status) => status !== 409 && status !== 503)).toEqual([])
    answers.forEach(({ status, headers }, index) => {
      if (status === 201) return
      expect(headers['set-cookie']).toBeUndefined()
      expect([devices[index]?.device.access, devices[index]?.device.refresh]).toEqual(['', ''])
    })
    expect(await accountsNamed(account)).toBe(won.length)
    await Promise.all([one.stop(), two.stop()])
  })
})

const isSame = (some: string, other: string): boolean =>
  some.normalize('NFKC').trim().toLowerCase() === other

async function accountsNamed({ email, nickname }: { email: string; nickname: string }) {
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  const { rowCount } = await sql.query(
    `SELECT 1 FROM users WHERE lower(email) = $1 OR lower(normalize(nickname, NFKC)) = $2`,
    [email, nickname],
  )
  await sql.end()
  return rowCount
}

describe('what may be a name', () => {
  test('characters that look like others, or like nothing, make no second account [ASVS 15.3.5]', async () => {
    const server = await startServer(strategy('session-redis'))
    const account = newAccount()
    expect((await new Device(server).register(account)).status).toBe(201)
    const { nickname, email } = account
    const nicknames = [
      `${nickname}\u200b`,
      `\u202e${nickname}`,
      `${nickname}\u00ad`,
      `${nickname}\ufe0f\u200d`,
      `${nickname}\0`,
      `${nickname}\n`,
      nickname.replace('-', '\u2010'),
    ]
    for (const it of nicknames) {
      const answer = await new Device(server).register({ ...newAccount(), nickname: it })
      expect([400, 409], JSON.stringify(it)).toContain(answer.status)
    }
    const emails = [
      email.replace('n', '\uff4e'),
      email.replace('k', '\u212a').replace('e', '\u0435'),
      `${email}\0`,
      `${email}\r\nBcc: victim@example.org`,
      `"${email}"`,
      `Ann <${email}>`,
      `${email},other@example.org`,
      email.replace('@', '\uff20'),
      email.replace('.org', '\u3002org'),
      `${'a'.repeat(250)}@example.org`,
    ]
    for (const it of emails) {
      const answer = await new Device(server).register({ ...newAccount(), email: it })
      expect(answer.status, JSON.stringify(it)).toBe(400)
    }
    await server.stop()
  })
})
