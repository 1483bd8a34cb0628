import { type Row, sectionOf } from '../suite/row.js'
import { accountRows } from './account.js'
import { balancedRows } from './balanced.js'
import { cookieRows } from './cookies.js'
import { deviceRows } from './devices.js'
import { edgeRows } from './edge.js'
import { inputRows } from './input.js'
import { loginRows } from './login.js'
import { logoutRows } from './logout.js'
import { openApiRows } from './openapi.js'
import { profileRows } from './profile.js'
import { registerRows } from './register.js'
import { renewalRows } from './renewal.js'
import { resourceRows } from './resources.js'
import { spentTokenRows } from './spent-tokens.js'
import { strategyRows } from './strategy.js'
import { tokenRows } from './tokens.js'
import { whoamiRows } from './whoami.js'

const written: readonly Row[] = [
  ...registerRows,
  ...loginRows,
  ...whoamiRows,
  ...renewalRows,
  ...spentTokenRows,
  ...logoutRows,
  ...deviceRows,
  ...profileRows,
  ...accountRows,
  ...resourceRows,
  ...cookieRows,
  ...tokenRows,
  ...inputRows,
  ...edgeRows,
]

/** What all strategies do alike, in the order of a login's life; each section in one piece. */
export const commonRows: readonly Row[] = [
  ...[...new Set(written.map(sectionOf))].flatMap((section) =>
    written.filter((row) => sectionOf(row) === section),
  ),
  ...openApiRows,
]

/** The whole contract. */
export const rows: readonly Row[] = [...strategyRows, ...balancedRows, ...commonRows]
