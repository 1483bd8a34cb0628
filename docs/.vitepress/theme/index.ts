import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import CurlLines from './CurlLines.vue'
import LabPage from './lab/LabPage.vue'
import RunningServers from './RunningServers.vue'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('CurlLines', CurlLines)
    app.component('LabPage', LabPage)
    app.component('RunningServers', RunningServers)
  },
} satisfies Theme
