import { kept } from '$lib/kept';
import { MediaQuery } from 'svelte/reactivity';

/** `contrast` is light or dark as the system, with more contrast. */
export type Theme = 'light' | 'dark' | 'system' | 'contrast';

const key = kept.theme;
const darkSystem = new MediaQuery('(prefers-color-scheme: dark)');

function stored(): Theme {
	const value = localStorage.getItem(key);
	return value === 'light' || value === 'dark' || value === 'contrast' ? value : 'system';
}

let chosen = $state<Theme>(stored());

export function theme(): Theme {
	return chosen;
}

/** What is shown, however it came about. */
export function isDark(): boolean {
	return chosen === 'dark' || (chosen !== 'light' && darkSystem.current);
}

export function chooseTheme(next: Theme) {
	chosen = next;
	if (next === 'system') {
		localStorage.removeItem(key);
		delete document.documentElement.dataset.theme;
	} else {
		localStorage.setItem(key, next);
		document.documentElement.dataset.theme = next;
	}
}

addEventListener('storage', (event) => {
	if (event.key === key) chooseTheme(stored());
});
