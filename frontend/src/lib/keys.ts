import type { TextKey } from '$lib/i18n/index.svelte';

/** True while the event belongs to a field, so that a letter is a letter. */
export function isTyping(event: KeyboardEvent): boolean {
	const target = event.target as HTMLElement | null;
	return !!target && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** True while a menu or a dialog is open and has the keys. */
export function isCovered(): boolean {
	return document.querySelector('[role="dialog"], [role="menu"], [role="alertdialog"]') !== null;
}

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** The keys of a shortcut as they stand on this device's keyboard. */
export function keyNames(keys: string): string[] {
	const names: Record<string, string> = apple ? { mod: '⌘', shift: '⇧' } : { mod: 'Ctrl', shift: 'Shift' };
	return keys.split('+').map((key) => names[key] ?? key);
}

/** What the keyboard can do, in the order in which it is listed. `mod` is Control, or Command on a Mac. */
export const shortcuts: { keys: string; text: TextKey }[] = [
	{ keys: 'mod+K', text: 'keys.palette' },
	{ keys: 'mod+shift+O', text: 'keys.new_chat' },
	{ keys: 'mod+B', text: 'keys.side' },
	{ keys: '/', text: 'keys.composer' },
	{ keys: 'Enter', text: 'keys.send' },
	{ keys: 'shift+Enter', text: 'keys.break' },
	{ keys: '↑', text: 'keys.edit_last' },
	{ keys: '@', text: 'keys.models' },
	{ keys: '#', text: 'sources.keys' },
	{ keys: 'Esc', text: 'keys.stop' },
	{ keys: '?', text: 'keys.help' }
];
