/** What a request cost, as the server itself says: counts, and milliseconds. */
export interface Costs {
  readonly sql: number
  readonly redis: number
  readonly hashMs: number
  readonly signMs: number
  readonly totalMs: number
}

interface Metric {
  readonly count: number
  readonly ms: number
}

/** Reads `Server-Timing` as the two servers write it; undefined where it is missing or another's. */
export function readServerTiming(header: string | string[] | undefined): Costs | undefined {
  if (header === undefined) return undefined
  const metrics = new Map(String(header).split(',').map(parseMetric))
  const [sql, redis] = [metrics.get('sql'), metrics.get('redis')]
  const [hash, sign, total] = [metrics.get('hash'), metrics.get('sign'), metrics.get('total')]
  if (!sql || !redis || !hash || !sign) return undefined
  return {
    sql: sql.count,
    redis: redis.count,
    hashMs: hash.ms,
    signMs: sign.ms,
    totalMs: total?.ms ?? 0,
  }
}

function parseMetric(text: string): [string, Metric] {
  const [name = '', ...parameters] = text.split(';').map((it) => it.trim())
  const value = (key: string): number => {
    const parameter = parameters.find((it) => it.startsWith(`${key}=`))
    return Number(parameter?.slice(key.length + 1).replaceAll('"', '')) || 0
  }
  return [name, { count: value('desc'), ms: value('dur') }]
}
