import { computed, nextTick, ref, watch } from 'vue'
import { danger } from './dangers.js'
import { both } from './lane.js'

/** Whether prepared steps are being played. */
export const playing = ref(false)

/** One thing at a time: while something is under way, no button can be pressed. */
export const isBusy = computed(
  () => playing.value || danger.busy !== '' || both.some(({ busy }) => busy),
)

/** A button that can't be pressed for a moment loses the focus; who works by keyboard gets it back. */
export function keepFocus(): void {
  let focused: Element | null = null
  watch(
    isBusy,
    async (busy) => {
      if (busy) {
        focused = document.activeElement
        return
      }
      await nextTick()
      const isLost = document.activeElement === document.body
      if (isLost && focused instanceof HTMLElement) focused.focus({ preventScroll: true })
    },
    { flush: 'sync' },
  )
}
