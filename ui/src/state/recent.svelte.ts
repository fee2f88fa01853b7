// Owns what was opened or chosen last, by name, while the window is open. Nothing of it is stored.

const MOST = 12;

/** The newest first, each once. */
export class Recent {
  ids = $state.raw<readonly string[]>([]);

  note(id: string): void {
    this.ids = [id, ...this.ids.filter((other) => other !== id)].slice(0, MOST);
  }

  clear(): void {
    this.ids = [];
  }
}
