// The table of a record's fields in docs/logs.md.

/** What stands between the markers of the fields. */
export function fieldsBlock(fields) {
  const rows = fields.map(({ name, type, unit, origin, example, meaning }) => {
    const what = unit === '' ? type : `${type}, ${unit}`;
    return `| \`${name}\` | ${what} | ${origin} | \`${example}\` | ${meaning} |`;
  });
  return `\n| field | JSON | name from | for example | meaning |\n|---|---|---|---|---|\n${rows.join('\n')}\n\n`;
}
