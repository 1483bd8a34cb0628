import { useData } from 'vitepress'
import { computed, type ComputedRef } from 'vue'

/** The chapter that a page is. */
interface OpenChapter {
  readonly address: string
  readonly number: number
  readonly minutes: number
}

/** `undefined` on pages that are none. */
export function useChapter(): ComputedRef<OpenChapter | undefined> {
  const { page, frontmatter } = useData()
  return computed(() => {
    const slug = /^((?:[a-z]{2}\/)?(\d\d)-[\w-]+)\/index\.md$/.exec(page.value.relativePath)
    if (!slug) return undefined
    const { minutes } = frontmatter.value as { minutes: number }
    return { address: `/${slug[1]}/`, number: Number(slug[2]), minutes }
  })
}
