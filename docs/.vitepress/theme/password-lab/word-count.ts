/** Words of the list that the hash lab brings; a browser test compares it with the list itself. */
export const WORD_COUNT = 49_233
