// Runs before anything is drawn, so that the page does not change its colours before one's eyes.
const theme = (() => {
  try {
    return localStorage.getItem('theme')
  } catch {
    // Storage is switched off in this browser; the system's colours it is.
    return null
  }
})()
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
