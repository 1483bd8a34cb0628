/** A text that only its author can see: the private resource that both servers protect. */
export interface Post {
  readonly id: string
  readonly authorId: string
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

/** Where a page begins: after the post with this id. Newest first. */
export interface PostPage {
  readonly after?: string | undefined
  readonly limit: number
}

/** Every method takes the author: a post of somebody else does not exist here. */
export interface PostRepository {
  /** Whether it was kept: a credential can outlive the user who would be its author. */
  add(post: Post): Promise<boolean>
  find(authorId: string, id: string): Promise<Post | undefined>
  list(authorId: string, page: PostPage): Promise<Post[]>
  /** Whether there was such a post. */
  remove(authorId: string, id: string): Promise<boolean>
}
