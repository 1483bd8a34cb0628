// What each strategy needs and gives under your figures. The form on the site computes the same.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { choicesOf, USUAL_FIGURES } from '../../packages/workbench/dist/scale/index.js'

const text = { type: 'string' }
const { values } = parseArgs({
  options: { users: text, requests: text, devices: text, minutes: text, hours: text, logout: text },
})
function given(value, usual) {
  const number = Number(value ?? usual)
  if (!Number.isFinite(number) || number < 0) throw new Error(`"${value}" is no amount.`)
  return number
}
const figures = {
  ...USUAL_FIGURES,
  users: given(values.users, USUAL_FIGURES.users),
  requestsPerDay: given(values.requests, USUAL_FIGURES.requestsPerDay),
  devices: given(values.devices, USUAL_FIGURES.devices),
  minutesOfUse: given(values.minutes, USUAL_FIGURES.minutesOfUse),
  loginHours: given(values.hours, USUAL_FIGURES.loginHours),
  logoutSeconds: given(values.logout, USUAL_FIGURES.logoutSeconds),
}

const read = (name) =>
  JSON.parse(readFileSync(new URL(`../contract/${name}.json`, import.meta.url), 'utf8'))
const { strategies } = read('strategies')
const two = (value) => Number(value.toPrecision(2)).toLocaleString('en')

for (const { facts, need, endsAfterSeconds, objections } of choicesOf(
  figures,
  strategies,
  read('scale'),
)) {
  console.log(`${facts.label}: ${objections.join('; ') || 'gives it all'}`)
  console.log(
    `  after logout a copy works ${two(endsAfterSeconds)} s; ` +
      `Redis ${two(need.redisCommandsPerSecond)}/s, SQL ${two(need.sqlPerSecond)}/s; ` +
      `logins take ${two(need.storeGiB * 1_024)} MiB; ` +
      `credentials ${two(need.credentialMbitPerSecond)} Mbit/s`,
  )
}
