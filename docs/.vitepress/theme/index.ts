import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import CurlLines from './CurlLines.vue'
import LabPage from './lab/LabPage.vue'
import PasswordLab from './password-lab/PasswordLab.vue'
import ResultsPage from './results/ResultsPage.vue'
import RunningServers from './RunningServers.vue'
import TokenLab from './token-lab/TokenLab.vue'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('CurlLines', CurlLines)
    app.component('LabPage', LabPage)
    app.component('PasswordLab', PasswordLab)
    app.component('ResultsPage', ResultsPage)
    app.component('RunningServers', RunningServers)
    app.component('TokenLab', TokenLab)
  },
} satisfies Theme
