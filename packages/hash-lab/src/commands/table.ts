import Table from 'cli-table3'

type Cell = string | number

const NONE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  right: '',
  'left-mid': '',
  'right-mid': '',
  mid: '',
  'mid-mid': '',
  middle: '  ',
}

/** Rows below their heads; a column of figures stands to the right. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const colAligns = heads.map((_, column) =>
    rows.length > 0 && rows.every((row) => isFigure(row[column])) ? 'right' : 'left',
  )
  const drawn = new Table({
    chars: NONE,
    head: [...heads],
    colAligns,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  drawn.push(...rows.map((row) => row.map(String)))
  const lines = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const headLines = Math.max(...heads.map((head) => head.split('\n').length))
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)))
  return [...lines.slice(0, headLines), rule, ...lines.slice(headLines)].join('\n')
}

/** Not a digest, which may begin with a digit, or be nothing else. */
function isFigure(cell: Cell | undefined): boolean {
  if (typeof cell === 'number' || cell === '') return true
  return /^[–~≈<>×]?[\d–]/.test(cell ?? '') && !/^[\da-f]{32,}$/i.test(cell ?? '')
}
