export { createAttacker } from './dictionary-attack.js'
