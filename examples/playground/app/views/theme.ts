/** What a canvas cannot know by itself: the colours of the page, as its style sheet has them for light and dark. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly request: string;
  readonly dropped: string;
  readonly waiting: string;
  readonly demand: string;
  readonly plain: string;
}

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: color('ink'),
    muted: color('muted'),
    line: color('line'),
    panel: color('panel'),
    request: color('request'),
    dropped: color('dropped'),
    waiting: color('waiting'),
    demand: color('demand'),
    plain: color('plain'),
  };
}

/** Calls back now and whenever light becomes dark or dark light; answers what stops that. */
export function onTheme(changed: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  changed();
  dark.addEventListener('change', changed);
  return () => dark.removeEventListener('change', changed);
}
