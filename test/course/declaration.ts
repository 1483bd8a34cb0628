import { type Comment, parseSync } from 'oxc-parser'

/** A node of a syntax tree, as far as it matters here. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/**
 * The text of a declaration with the comment right above it, indented from the first column.
 * @param path a name, or names in one another: `Class.method`, `createThing.method`
 */
export function declarationText(file: string, text: string, path: string): string | undefined {
  const { program, comments } = parseSync(file, text)
  let node: Node | undefined = program as unknown as Node
  for (const name of path.split('.')) node = node && declared(node, name)
  return node && dedented(text, withComment(text, comments, node), node.end)
}

/** The nearest declaration of that name below a node: breadth first. */
function declared(root: Node, name: string): Node | undefined {
  let level = childrenOf(root)
  while (level.length > 0) {
    const found = level.find((it) => namesOf(it).includes(name))
    if (found) return found
    level = level.flatMap(childrenOf)
  }
  return undefined
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((it): it is Node => typeof it === 'object' && it !== null && 'type' in it)
}

function namesOf(node: Node): unknown[] {
  if (/^Export(Named|Default)Declaration$/.test(node.type)) {
    return isNode(node['declaration']) ? namesOf(node['declaration']) : []
  }
  if (node.type === 'VariableDeclaration') {
    return childrenOf(node).map((it) => (it['id'] as Node)['name'])
  }
  if (/^(Function|Class|TS\w+)Declaration$/.test(node.type)) {
    return isNode(node['id']) ? [node['id']['name']] : []
  }
  if (/^(MethodDefinition|PropertyDefinition|Property|TSMethodSignature)$/.test(node.type)) {
    const key = node['key'] as Node
    return [key['name'], key['value']]
  }
  return []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** Where the comments begin that belong to a node: no empty line in between. */
function withComment(text: string, comments: readonly Comment[], node: Node): number {
  let { start } = node
  for (const comment of comments.toReversed()) {
    const between = text.slice(comment.end, start)
    if (comment.end <= start && /^[ \t]*\n?[ \t]*$/.test(between)) start = comment.start
  }
  return start
}

/** What is between two offsets, without the indentation that its first line has. */
export function dedented(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const indentation = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? ''
  return text
    .slice(start, end)
    .split('\n')
    .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line))
    .join('\n')
}
