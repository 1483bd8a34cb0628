/** A drawing, with what it shows. */
export interface Drawing {
  readonly title: string
  readonly html: string
}
