// The ops port's token: asked for once per tab, kept in the tab's session storage, shown with each request.

export interface TokenKeeper {
  /** The header that shows the token; none where the port needs none. */
  headers(): Record<string, string>;
  /** Has the visitor type it; resolves when there is one to try. */
  ask(reason: string): Promise<void>;
}

const KEY = 'zpeople.ops-token';

/** Creates the keeper on the page's dialog. */
export function createTokenKeeper(dialog: HTMLDialogElement): TokenKeeper {
  const form = dialog.querySelector('form')!;
  const input = dialog.querySelector<HTMLInputElement>('[type=password]')!;
  const reasonLine = dialog.querySelector('p')!;
  dialog.addEventListener('cancel', (event) => event.preventDefault()); // nothing works without it
  return {
    headers: () => {
      const token = sessionStorage.getItem(KEY);
      return token === null ? {} : { Authorization: `Bearer ${token}` };
    },
    ask: (reason) =>
      new Promise((resolve) => {
        reasonLine.textContent = reason;
        input.value = '';
        form.onsubmit = (event) => {
          event.preventDefault();
          sessionStorage.setItem(KEY, input.value.trim());
          dialog.close();
          resolve();
        };
        dialog.showModal();
      }),
  };
}

/** Whether this tab already has a token to try. */
export function hasToken(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}
