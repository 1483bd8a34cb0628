import { answer, type Handler, privately } from './moment.js'

export const write: Handler<'write'> = (request, rules) =>
  privately(request, rules, (state, { user }) => {
    const posts = { ...state.posts, [request.id]: user }
    return answer({ ...state, posts }, '201', { post: request.id })
  })

export const read: Handler<'read'> = (request, rules) =>
  privately(request, rules, (state, { user }) => {
    const { target = '', command } = request
    if (state.posts[target] !== user) return answer(state, '404 not_found')
    return answer(state, `200 written by ${command.postOf}`)
  })

export const remove: Handler<'delete'> = (request, rules) =>
  privately(request, rules, (state, { user }) => {
    const { target = '' } = request
    const { [target]: author, ...posts } = state.posts
    if (author !== user) return answer(state, '404 not_found')
    return answer({ ...state, posts }, '204')
  })
