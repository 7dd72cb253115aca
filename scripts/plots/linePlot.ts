/** One line: its points, from left to right; a step holds until the next point. */
export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
  readonly step?: true;
  readonly dashed?: true;
}

export interface Plot {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly width?: number;
  readonly most?: number;
  readonly lines: readonly Line[];
}

const HEIGHT = 300;
const LEFT = 64;
const RIGHT = 24;
const TOP = 40;
const BOTTOM = 48;
const LEGEND = 20;

const STYLE = `
svg { --paper: #fff; --ink: #1f2328; --faint: #8c959f; --grid: #d8dee4 }
.l0 { --hue: #0969da } .l1 { --hue: #cf222e } .l2 { --hue: #1a7f37 } .l3 { --hue: #8250df } .l4 { --hue: #9a6700 }
@media (prefers-color-scheme: dark) {
svg { --paper: #0d1117; --ink: #e6edf3; --faint: #7d8590; --grid: #30363d }
.l0 { --hue: #58a6ff } .l1 { --hue: #ff7b72 } .l2 { --hue: #3fb950 } .l3 { --hue: #bc8cff } .l4 { --hue: #d29922 }
}
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--ink) }
.faint { fill: var(--faint) }
.paper { fill: var(--paper) }
.grid { stroke: var(--grid) }
.middle { text-anchor: middle }
.end { text-anchor: end }
.line { fill: none; stroke: var(--hue); stroke-width: 1.75; stroke-linejoin: round }
.dashed { stroke-dasharray: 6 4 }
`;

/** Draws a plot as SVG, light or dark as the reader's page is. */
export function linePlot({ title, across, up, width = 720, most, lines }: Plot): string {
  const height = HEIGHT + LEGEND * lines.length + 8;
  const points = lines.flatMap((line) => line.points);
  const right = Math.max(...points.map(([x]) => x));
  const left = Math.min(...points.map(([x]) => x));
  const top = most ?? Math.max(...points.map(([, y]) => y)) * 1.05;
  const atX = (x: number) => round(LEFT + ((x - left) / (right - left)) * (width - LEFT - RIGHT));
  const atY = (y: number) => round(HEIGHT - BOTTOM - (y / top) * (HEIGHT - TOP - BOTTOM));
  const legendAt = (index: number) => HEIGHT + LEGEND * (index + 0.5);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="6"/>`,
    `<text x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...ticks(0, top).map(
      (y) =>
        `<path class="grid" d="M${LEFT} ${atY(y)}H${width - RIGHT}"/><text class="faint end" x="${LEFT - 8}" y="${atY(y) + 4}">${y}</text>`,
    ),
    ...ticks(left, right).map(
      (x) => `<text class="faint middle" x="${atX(x)}" y="${HEIGHT - BOTTOM + 18}">${x}</text>`,
    ),
    `<text class="middle" x="${(LEFT + width - RIGHT) / 2}" y="${HEIGHT - 10}">${escaped(across)}</text>`,
    `<text class="middle" transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">${escaped(up)}</text>`,
    ...lines.map(({ label, step, dashed, points: all }, index) => {
      const style = `line l${index}${dashed ? ' dashed' : ''}`;
      return [
        `<path class="${style}" d="${path(all, atX, atY, step)}"/>`,
        `<path class="${style}" d="M${LEFT} ${legendAt(index)}h28"/>`,
        `<text x="${LEFT + 38}" y="${legendAt(index) + 4}">${escaped(label)}</text>`,
      ].join('');
    }),
    '</svg>',
  ].join('\n')}\n`;
}

type Scale = (value: number) => number;

function path(points: Line['points'], atX: Scale, atY: Scale, step = false): string {
  let before = '';
  return points
    .map(([x, y], index) => {
      const height = `${atY(y)}`;
      // A line that stays where it is needs no point.
      if (step && height === before && index < points.length - 1) return '';
      const moved =
        index === 0 ? `M${atX(x)} ${height}` : step ? `H${atX(x)}V${height}` : `L${atX(x)} ${height}`;
      before = height;
      return moved;
    })
    .join('');
}

/** About five round numbers from `low` to `high`. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const size = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const found: number[] = [];
  for (let tick = Math.ceil(low / size) * size; tick <= high; tick += size) {
    found.push(Number(tick.toFixed(6)));
  }
  return found;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
