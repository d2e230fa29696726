import { GET, take } from '$lib/api/client';
import { asProblem } from '$lib/api/problem';
import type { Collection } from '$lib/api/types';
import { everything } from '$lib/page';

/** The own collections, which `#` offers and a message may draw on. */
class Collections {
	items = $state.raw<Collection[]>([]);
	loaded = $state(false);
	#loading: Promise<void> | null = null;

	/** Loads once; later calls cost nothing until something was changed. */
	load(): Promise<void> {
		this.#loading ??= this.#load();
		return this.#loading;
	}

	async #load() {
		try {
			this.items = await everything((after) =>
				take(GET('/api/v1/collections', { params: { query: { limit: 100, after } } }))
			);
			this.loaded = true;
		} catch (error) {
			// Nothing is offered; the next sign asks again.
			asProblem(error);
			this.#loading = null;
		}
	}

	/** Those whose name has every word of the query. */
	find(query: string): Collection[] {
		const words = query.toLowerCase().split(/\s+/).filter(Boolean);
		return this.items.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
	}

	/** Its name; empty while it is not known, or when it is gone. */
	name(id: string): string {
		return this.items.find((collection) => collection.id === id)?.name ?? '';
	}

	/** Something was changed. */
	refresh() {
		if (!this.#loading) return;
		this.#loading = null;
		void this.load();
	}

	/** Somebody else is here. */
	forget() {
		this.items = [];
		this.loaded = false;
		this.#loading = null;
	}
}

export const collections = new Collections();
