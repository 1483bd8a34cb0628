import { json, noContent } from './answer.js'
import { paths } from '../contract.js'
import { exampleCursors, examplePost } from './examples.js'
import { both, type Operation, type OperationParameter } from './operation.js'
import { pageParameters } from './page-parameters.js'

const postBody = { post: examplePost }
const { title, body } = examplePost

const postId: OperationParameter = {
  name: 'id',
  in: 'path',
  description: 'One of your own posts; somebody else’s does not exist here.',
  example: examplePost.id,
  from: { operation: 'createPost', pointer: '/post/id' },
}

/** The private resource that both servers protect. */
export const postOperations: readonly Operation[] = [
  {
    id: 'createPost',
    method: 'POST',
    path: paths.posts,
    tag: 'Posts',
    summary: 'Write a post',
    description: 'Posts are private: only their author can read or delete them.',
    credential: 'access',
    parameters: [],
    body: {
      schema: 'newPostRequest',
      examples: [{ name: 'post', summary: 'A post', value: { title, body } }],
    },
    success: both(json(201, 'The post, with its id.', 'postBody', postBody, 'location')),
    problems: [],
  },
  {
    id: 'listPosts',
    method: 'GET',
    path: paths.posts,
    tag: 'Posts',
    summary: 'List your posts',
    description: 'Your own posts, the newest first.',
    credential: 'access',
    parameters: pageParameters('listPosts', exampleCursors.posts),
    success: both(
      json(200, 'A page of posts.', 'postPage', { posts: [examplePost], nextCursor: null }),
    ),
    problems: [],
  },
  {
    id: 'showPost',
    method: 'GET',
    path: paths.post,
    tag: 'Posts',
    summary: 'Read a post',
    description: 'One of your own posts.',
    credential: 'access',
    parameters: [postId],
    success: both(json(200, 'The post.', 'postBody', postBody)),
    problems: ['not_found'],
  },
  {
    id: 'deletePost',
    method: 'DELETE',
    path: paths.post,
    tag: 'Posts',
    summary: 'Delete a post',
    description: 'One of your own posts.',
    credential: 'access',
    parameters: [postId],
    success: both(noContent('The post is gone.')),
    problems: ['not_found'],
  },
]
