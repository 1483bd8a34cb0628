import { randomUUID } from 'node:crypto'
import { type Mistakes, switchable } from './switchable.js'

export interface Post {
  readonly id: string
  /** Grows with each post: the order of writing. */
  readonly number: number
  readonly authorId: string
  readonly title: string
  readonly body: string
  readonly createdAt: string
}

// #region anyones-post
type FindPost = (posts: readonly Post[], id: string, userId: string | undefined) => Post | undefined

const findPost = switchable<FindPost>('anyones-post', {
  wrong: (posts, id) => posts.find((post) => post.id === id),
  right: (posts, id, userId) => posts.find((post) => post.id === id && post.authorId === userId),
})
// #endregion anyones-post

/** Posts in memory. */
export class PostTable {
  #posts: readonly Post[] = []
  #written = 0
  readonly #find: FindPost

  constructor(mistakes: Mistakes) {
    this.#find = findPost(mistakes)
  }

  add(authorId: string, title: string, body: string): Post {
    this.#written += 1
    const createdAt = new Date().toISOString()
    const post = { id: randomUUID(), number: this.#written, authorId, title, body, createdAt }
    this.#posts = [post, ...this.#posts]
    return post
  }

  find(id: string, userId: string | undefined): Post | undefined {
    return this.#find(this.#posts, id.toLowerCase(), userId)
  }

  remove(post: Post): void {
    this.#posts = this.#posts.filter(({ id }) => id !== post.id)
  }

  removeAllOf(authorId: string): void {
    this.#posts = this.#posts.filter((post) => post.authorId !== authorId)
  }

  /** The newest first. */
  listAfter(authorId: string | undefined, after = 'Infinity'): readonly Post[] {
    return this.#posts.filter((post) => post.authorId === authorId && post.number < Number(after))
  }
}
