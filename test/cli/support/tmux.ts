import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';

/** Why there is no terminal to test in; false when there is one. */
export const noTmux = spawnSync('tmux', ['-V']).error ? 'tmux, which is a real terminal, is not installed' : false;

let servers = 0;

/** A shell in a terminal of 80 columns and 24 rows, its prompt a dollar sign. */
export class Tmux implements Disposable {
  readonly #server = `plustwo-test-${process.pid}-${++servers}`;

  /** Starts the shell in a folder. */
  constructor(cwd: string, env: Readonly<Record<string, string>> = {}) {
    const variables = Object.entries({ PS1: '$ ', LANG: 'C.UTF-8', ...env }).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ]);
    this.#tmux(
      '-f',
      '/dev/null',
      '-u',
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '24',
      '-c',
      cwd,
      ...variables,
      // In CI nothing is coloured, whatever the terminal can.
      'env -u TMUX -u CI sh',
    );
  }

  /** Types a line. */
  type(line: string): void {
    this.#tmux('send-keys', '-l', line);
    this.press('Enter');
  }

  /** Presses a key, by tmux's name for it. */
  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  /** Gives the terminal another size. */
  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What it shows. With `styles` colours are told by their escapes; with `history` what has scrolled out comes before it. */
  screen({ styles = false, history = false } = {}): string {
    return this.#tmux('capture-pane', '-p', ...(styles ? ['-e'] : []), ...(history ? ['-S', '-'] : []));
  }

  /** The first and the last line that scroll, from 0. */
  get region(): string {
    return this.#tmux('display-message', '-p', '#{scroll_region_upper}-#{scroll_region_lower}').trim();
  }

  /** Waits until it shows something; the test's own time limit ends a wait for what never comes. */
  async shows(isShown: (screen: string) => boolean): Promise<string> {
    for (;;) {
      const screen = this.screen();
      if (isShown(screen)) return screen;
      await after(50);
    }
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8', env: { ...process.env, TMUX: '' } });
  }
}
