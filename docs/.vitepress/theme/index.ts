import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import ContinueReading from './course/ContinueReading.vue'
import CourseLayout from './course/CourseLayout.vue'
import MermaidDiagram from './course/MermaidDiagram.vue'
import CurlLines from './CurlLines.vue'
import LabPage from './lab/LabPage.vue'
import PasswordLab from './password-lab/PasswordLab.vue'
import ResultsPage from './results/ResultsPage.vue'
import RunningServers from './RunningServers.vue'
import TokenLab from './token-lab/TokenLab.vue'
import WhichOne from './which-one/WhichOne.vue'
import './style.css'

export default {
  extends: DefaultTheme,
  Layout: CourseLayout,
  enhanceApp: ({ app }) => {
    app.component('ContinueReading', ContinueReading)
    app.component('MermaidDiagram', MermaidDiagram)
    app.component('CurlLines', CurlLines)
    app.component('LabPage', LabPage)
    app.component('PasswordLab', PasswordLab)
    app.component('ResultsPage', ResultsPage)
    app.component('RunningServers', RunningServers)
    app.component('TokenLab', TokenLab)
    app.component('WhichOne', WhichOne)
  },
} satisfies Theme
