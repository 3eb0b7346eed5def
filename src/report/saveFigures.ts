/** Runs in the reader's browser: a button on every figure saves it as SVG, its colours as the page shows them. */
export const SAVE_FIGURES = String.raw`for (const figure of document.querySelectorAll('figure.plot')) {
  const button = document.createElement('button');
  button.className = 'save';
  button.type = 'button';
  button.textContent = 'save SVG';
  button.onclick = () => {
    const shown = getComputedStyle(document.documentElement);
    const svg = figure.querySelector('svg').outerHTML.replace(/var\((--\w+)[^)]*\)/g, (_, name) => shown.getPropertyValue(name).trim());
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    link.download = figure.id.replace('figure-', '') + '.svg';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  figure.append(button);
}`;
