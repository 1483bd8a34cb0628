import { reactive } from 'vue'

/** Who logs in, in both lanes. */
export interface Account {
  nickname: string
  email: string
  password: string
}

export const account = reactive<Account>({ nickname: '', email: '', password: '' })

/** An account that nobody else has, with a password that naive parsers stumble over. */
export function newAccount(): Account {
  const id = crypto.randomUUID().slice(0, 6)
  return { nickname: `ann ${id}`, email: `ann-${id}@example.org`, password: `correct:horse ${id}` }
}
