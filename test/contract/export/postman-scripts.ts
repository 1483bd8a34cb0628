import { exampleAccount, Problem } from '@session-vs-jwt/http-contract'
import { isOptional, type Kept, membersOf, type Step } from './walk.js'

/** What Postman runs before a request, or on its answer. */
export interface PostmanScript {
  readonly listen: 'prerequest' | 'test'
  readonly script: { readonly type: 'text/javascript'; readonly exec: readonly string[] }
}

/** The test of the step's answer, and for the registration a new account. */
export function scriptsOf(step: Step): PostmanScript[] {
  const test = scriptOn('test', testOf(step))
  return step.operation.id === 'register' ? [scriptOn('prerequest', NEW_ACCOUNT), test] : [test]
}

function scriptOn(listen: PostmanScript['listen'], exec: readonly string[]): PostmanScript {
  return { listen, script: { type: 'text/javascript', exec } }
}

const NEW_ACCOUNT = [
  '// An account that nobody has yet.',
  "const id = pm.variables.replaceIn('{{$guid}}')",
  `pm.collectionVariables.set('nickname', \`${exampleAccount.nickname}-\${id.slice(-12)}\`)`,
  `pm.collectionVariables.set('email', \`${exampleAccount.email.replace('@', '-${id}@')}\`)`,
  "pm.collectionVariables.set('password', pm.variables.replaceIn('{{$guid}}'))",
]

/** What fails must not be kept, so the test keeps it. */
function testOf({ success, unavailable, keeps }: Step): string[] {
  const refusal = unavailable && new Problem(unavailable)
  const members = membersOf(success.example).filter((it) => !isOptional(success, it))
  const also = refusal ? `, or ${refusal.status} ${refusal.code}` : ''
  return [
    `pm.test('answers ${success.status}${also}', () => {`,
    ...(refusal ? refusalTest(refusal) : []),
    `  pm.response.to.have.status(${success.status})`,
    ...(success.body === undefined ? NO_BODY_TEST : bodyTest(members, keeps)),
    '})',
  ]
}

function refusalTest({ status, code }: Problem): string[] {
  return [
    `  if (pm.response.code === ${status}) {`,
    `    pm.expect(pm.response.json().code).to.equal('${code}')`,
    '    return',
    '  }',
  ]
}

const NO_BODY_TEST = ["  pm.expect(pm.response.text()).to.equal('')"]

function bodyTest(members: readonly string[], keeps: readonly Kept[]): string[] {
  const names = members.map((it) => `'${it}'`).join(', ')
  return [
    '  const body = pm.response.json()',
    `  pm.expect(body).to.include.all.keys(${names})`,
    ...keeps.map(
      (it) =>
        `  ${it.optional ? `if (body.${it.member}) ` : ''}` +
        `pm.collectionVariables.set('${it.variable}', body.${it.member})`,
    ),
  ]
}
