/** The value of one cookie in a `Cookie` header. */
export function valueOf(cookie: string, name: string): string {
  const pair = cookie.split('; ').find((it) => it.startsWith(`${name}=`))
  if (pair === undefined) throw new Error(`no cookie ${name}`)
  return pair.slice(name.length + 1)
}
