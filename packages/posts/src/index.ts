export type { Post, PostPage, PostRepository } from './post.js'
export { PostgresPosts, postsSchema } from './postgres.js'
