// docs/ledger-load.svg: descriptors under load with leaky tasks, second by second, made from the kept run of the ledger's benches.

const size = { width: 720, height: 320, left: 64, right: 132, top: 24, bottom: 44 };
const curves = [
  { name: 'plustwo', key: 'ledger-load-plustwo', colour: '#0b6e4f' },
  { name: 'Piscina', key: 'ledger-load-piscina', colour: '#b3541e' },
];

const text = (x, y, anchor, content, colour = '#444') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
const line = (x1, y1, x2, y2) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;

/** Round steps that part a span into five at most. */
function stepOf(span) {
  const power = 10 ** Math.floor(Math.log10(span / 5));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => span / step <= 5);
}

/** Powers of ten around all values: one pool stays in the hundreds while another goes on to the limit of the process. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
}

/** The figure as SVG; undefined when the result has no curves. */
export function ledgerFigure(result) {
  const found = curves.flatMap((curve) => {
    const details = result?.details?.[curve.key];
    return details === undefined ? [] : [{ ...curve, ...details }];
  });
  if (found.length < curves.length) return undefined;
  const seconds = Math.max(...found.map(({ descriptors }) => descriptors.length));
  const ticks = decades(found.flatMap(({ descriptors }) => descriptors));
  const { width, height, left, right, top, bottom } = size;
  const x = (second) => left + (second / seconds) * (width - left - right);
  const part = (value) => Math.log10(value / ticks[0]) / Math.log10(ticks.at(-1) / ticks[0]);
  const y = (value) => height - bottom - part(value) * (height - top - bottom);
  const times = Array.from(
    { length: Math.floor(seconds / stepOf(seconds)) + 1 },
    (_, index) => index * stepOf(seconds),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks.flatMap((tick) => [
      line(left, y(tick), width - right, y(tick)),
      text(left - 8, y(tick) + 4, 'end', tick.toLocaleString('en-US')),
    ]),
    ...times.map((time) => text(x(time), height - bottom + 18, 'middle', time.toLocaleString('en-US'))),
    text(left - 8, top - 8, 'start', 'descriptors open in the process'),
    text(width - right, height - 8, 'end', 'seconds'),
    ...found.flatMap(({ name, colour, descriptors, failures }) => {
      const points = descriptors.map((value, second) => `${x(second + 1).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
      const end = [name, ...Object.keys(failures)].join(': ');
      return [
        `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
        text(x(descriptors.length) + 6, y(descriptors.at(-1)) + 4, 'start', end, colour),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}
