import type { Post, PostPage, PostRepository } from './post.js'

/** Posts in this process: for trying a server without a database. It doesn't know which users exist. */
export class MemoryPosts implements PostRepository {
  readonly #posts = new Map<string, Post>()

  async add(post: Post): Promise<boolean> {
    this.#posts.set(post.id, post)
    return true
  }

  async find(authorId: string, id: string): Promise<Post | undefined> {
    const post = this.#posts.get(id)
    return post?.authorId === authorId ? post : undefined
  }

  async list(authorId: string, { after, limit }: PostPage): Promise<Post[]> {
    return [...this.#posts.values()]
      .filter((post) => post.authorId === authorId && (after === undefined || post.id < after))
      .toSorted((a, b) => (a.id > b.id ? -1 : 1))
      .slice(0, limit)
  }

  async remove(authorId: string, id: string): Promise<boolean> {
    return (await this.find(authorId, id)) !== undefined && this.#posts.delete(id)
  }
}
