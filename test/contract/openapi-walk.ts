import { type Operation, type OperationId, operations } from '@session-vs-jwt/http-contract'
import {
  type ContractClient,
  type Exchange,
  jsonOf,
  type Registration,
} from '@session-vs-jwt/workbench'
import { newClient, type Target } from '../device.js'

/** A client for the server, that tells `onExchange` all it hears. */
export function clientOf(
  { url, strategy }: Target,
  onExchange: (exchange: Exchange) => void,
): ContractClient {
  return newClient(url, strategy.server, { onExchange })
}

/** Sends every operation of the contract once, in its order, as its row says. */
export async function walkContract(
  client: ContractClient,
  account: Registration,
): Promise<ReadonlyMap<OperationId, Exchange>> {
  const answers = new Map<OperationId, Exchange>()
  for (const operation of operations) {
    if (!operation.success[client.server]) continue
    const answer = await sendOperation(client, operation, account, answers)
    answers.set(operation.id, answer)
  }
  return answers
}

async function sendOperation(
  client: ContractClient,
  operation: Operation,
  account: Registration,
  answers: ReadonlyMap<OperationId, Exchange>,
): Promise<Exchange> {
  const { credential, method } = operation
  if (credential === 'basic') return client.login(account)
  // Whoever has logged out comes back for the next operation.
  if (credential !== 'none' && !client.holds('access')) await client.login(account)
  const use = credential === 'access-or-refresh' ? 'access' : credential
  const path = pathOf(operation, answers)
  return client.send({ method, path, json: bodyOf(operation, account), use })
}

/** The example of the row, with names that nobody else has. */
function bodyOf({ id, body }: Operation, account: Registration): unknown {
  if (id === 'register') return account
  if (id === 'updateMe') return { nickname: `${account.nickname} too` }
  if (id === 'deleteMe') return { currentPassword: account.password }
  return body?.examples[0]?.value
}

/** The path with values from earlier answers; where there was none, with those of the examples. */
function pathOf(
  { path, parameters }: Operation,
  answers: ReadonlyMap<OperationId, Exchange>,
): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const { from, example } = parameters.find((it) => it.name === name) ?? {}
    const source = from && answers.get(from.operation)
    const value = source && valueAt(jsonOf(source), from.pointer)
    return typeof value === 'string' ? value : String(example)
  })
}

/** What is at `pointer` (RFC 6901). */
function valueAt(json: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], json)
}
