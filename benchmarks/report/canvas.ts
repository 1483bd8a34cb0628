import * as Plot from '@observablehq/plot'

/** Where drawings are made. */
export interface Canvas {
  /** Of a page, or one without a page. */
  readonly document: object
  /** In pixels. */
  readonly width: number
}

/** On a phone the names of the subjects leave little room for what is said of them. */
export function isNarrow({ width }: Canvas): boolean {
  return width < 560
}

/** A drawing as HTML. What it shows is named, for those who do not see it. */
export function draw(canvas: Canvas, title: string, options: Plot.PlotOptions): string {
  const figure = Plot.plot({
    ...options,
    ariaLabel: title,
    width: canvas.width,
    style: {
      background: 'transparent',
      fontSize: isNarrow(canvas) ? '11px' : '12px',
      fontFamily: 'inherit',
    },
    document: canvas.document as never,
  })
  // A mark is named, and has no role that could be (ARIA 1.2, 5.2.8.6).
  for (const mark of figure.querySelectorAll('g[aria-label]')) mark.removeAttribute('aria-label')
  return figure.outerHTML
}
