import type { Ports } from './ports.js'

const EMAIL = 'ada@example.org'
const PASSWORD = 'Analytical:Engine'

/** Lines for a POSIX shell with curl, sed and paste; they may be pasted one by one or all at once. */
export function curlLines(ports: Ports): string {
  const session = `http://localhost:${ports.session}`
  const jwt = `http://localhost:${ports.jwt}`
  const user = `-u '${EMAIL}:${PASSWORD}'`
  const json = `{"nickname":"Ada","email":"${EMAIL}","password":"${PASSWORD}"}`
  return [
    `curl -i -w '\\n' -H 'Content-Type: application/json' -d '${json}' ${session}/auth/register/email`,
    '',
    `COOKIE=$(curl -s -o /dev/null -D - -X POST ${user} ${session}/auth/login/email | sed -n 's/^[Ss]et-[Cc]ookie: \\([^;]*\\).*/\\1/p' | paste -sd ';' -)`,
    `curl -i -w '\\n' -b "$COOKIE" ${session}/auth/whoami`,
    '',
    `TOKEN=$(curl -s -X POST ${user} ${jwt}/auth/login/email | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -i -w '\\n' -H "Authorization: Bearer $TOKEN" ${jwt}/auth/whoami`,
  ].join('\n')
}
