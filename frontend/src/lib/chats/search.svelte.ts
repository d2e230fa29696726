import { GET, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { FoundChat } from '$lib/api/types';

const pauseMs = 150;

/** One search: what was typed, what was found, and whether there is more. Made by whatever shows a search. */
export class Search {
	query = $state('');
	found = $state.raw<FoundChat[]>([]);
	/** What `found` is the answer to. */
	answered = $state('');
	archived = $state(false);
	next = $state<string | null>(null);
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);

	#asked = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Called with every letter; asks when the typing pauses. */
	type(query: string) {
		this.query = query;
		clearTimeout(this.#timer);
		// A word is a letter or a digit at least; the server refuses a search without one.
		if (!/[\p{L}\p{N}]/u.test(query)) {
			this.#asked += 1;
			this.found = [];
			this.answered = '';
			this.next = null;
			this.busy = false;
			this.problem = null;
			return;
		}
		this.busy = true;
		this.#timer = setTimeout(() => void this.run(), pauseMs);
	}

	async run() {
		await this.#ask(undefined);
	}

	async more() {
		if (this.next && !this.busy) await this.#ask(this.next);
	}

	async #ask(after: string | undefined) {
		const asked = ++this.#asked;
		const query = this.query;
		this.busy = true;
		try {
			const parameters = { query, after, limit: 20, ...(this.archived ? { archived: true } : {}) };
			const page = await take(GET('/api/v1/chats/search', { params: { query: parameters } }));
			if (asked !== this.#asked) return;
			this.found = after === undefined ? page.items : [...this.found, ...page.items];
			this.next = page.next ?? null;
			this.answered = query;
			this.problem = null;
		} catch (error) {
			if (asked === this.#asked) this.problem = asProblem(error);
		} finally {
			if (asked === this.#asked) this.busy = false;
		}
	}
}

/** Whether the dialog of the search is open. */
class ChatSearch {
	open = $state(false);

	show() {
		this.open = true;
	}
}

export const chatSearch = new ChatSearch();
