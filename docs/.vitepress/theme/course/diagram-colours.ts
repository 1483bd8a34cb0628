/** The site's colours as mermaid takes them; it computes others from them, so they are no variables. */
export function colours(dark: boolean): Record<string, string | boolean> {
  const text = dark ? '#dfdfd6' : '#2b2b30'
  const line = dark ? '#9a9aa2' : '#5f5f6b'
  const box = dark ? '#202c36' : '#e8eff5'
  return {
    darkMode: dark,
    background: dark ? '#1b1b1f' : '#ffffff',
    primaryColor: box,
    primaryTextColor: text,
    primaryBorderColor: dark ? '#93c4e6' : '#26506f',
    secondaryColor: dark ? '#12302c' : '#e3f1ef',
    tertiaryColor: dark ? '#362a1f' : '#f6ece4',
    lineColor: line,
    textColor: text,
    actorTextColor: text,
    signalColor: line,
    signalTextColor: text,
    labelTextColor: text,
    loopTextColor: text,
    noteBkgColor: dark ? '#3a3420' : '#fdf5d8',
    noteTextColor: text,
    noteBorderColor: dark ? '#8d7f4a' : '#b9a968',
    edgeLabelBackground: dark ? '#1b1b1f' : '#ffffff',
    fontSize: '15px',
  }
}
