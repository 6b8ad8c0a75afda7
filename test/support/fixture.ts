/** URL of a compiled task module under test/fixtures/handlers. */
export function fixture(name: string): URL {
  return new URL(`../fixtures/handlers/${name}${/\.[cm]js$/.test(name) ? '' : '.js'}`, import.meta.url);
}
