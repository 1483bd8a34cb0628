export { MemoryPosts } from './memory.js'
export type { Post, PostPage, PostRepository } from './post.js'
export { PostgresPosts, postsSchema, postsTable } from './postgres.js'
