/** Whether a browser shows a file by itself, while nothing in it can act in the name of the page that shows it. */
export const isShownByBrowsers = (name: string): boolean => /\.(pdf|png|jpe?g|txt)$/i.test(name)
