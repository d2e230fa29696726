const prefix = 'skein.draft.';
/** The draft of the chat that does not exist yet. */
export const newChat = 'new';

export function readDraft(chat: string): string {
	try {
		return localStorage.getItem(prefix + chat) ?? '';
	} catch {
		return '';
	}
}

export function keepDraft(chat: string, text: string) {
	try {
		if (text) localStorage.setItem(prefix + chat, text);
		else localStorage.removeItem(prefix + chat);
	} catch {
		// A full or forbidden store: the text is still in the composer.
	}
}
