/** Chapters that the labs point to, by the folder that each is in. */
export type Chapter =
  | '02-sessions'
  | '04-claims'
  | '05-signing'
  | '06-compared'
  | '07-access-and-refresh'
  | '12-register-and-login'
  | '14-endpoints'
  | '16-logout-and-revocation'
  | '17-refresh-reuse'
  | '18-where-to-keep-a-credential'
  | '19-attacks-on-tokens'
  | '20-scaling-out'
  | '21-when-a-part-fails'
  | '23-which-one'

/** Where the course explains something. */
export function chapterLink(chapter: Chapter): { readonly link: string; readonly text: string } {
  return { link: `/${chapter}/`, text: `Chapter ${Number.parseInt(chapter, 10)} explains it` }
}
