import { GET, take } from '$lib/api/client';
import { asProblem } from '$lib/api/problem';
import type { Prompt } from '$lib/api/types';
import { everything } from '$lib/page';

/** The prompts that a slash offers: the user's own and those for everybody. */
class Prompts {
	items = $state.raw<Prompt[]>([]);
	#loading: Promise<void> | null = null;

	/** Loads once; later calls cost nothing until something was changed. */
	load(): Promise<void> {
		this.#loading ??= this.#load();
		return this.#loading;
	}

	async #load() {
		try {
			this.items = await everything((after) =>
				take(GET('/api/v1/prompts', { params: { query: { limit: 100, after } } }))
			);
		} catch (error) {
			// Nothing is offered; the next slash asks again.
			asProblem(error);
			this.#loading = null;
		}
	}

	find(query: string): Prompt[] {
		const word = query.toLowerCase();
		return this.items
			.filter((prompt) => prompt.command.toLowerCase().includes(word))
			.sort(
				(a, b) =>
					Number(b.command.startsWith(word)) - Number(a.command.startsWith(word)) || a.command.localeCompare(b.command)
			);
	}

	text(id: string): string {
		return this.items.find((prompt) => prompt.id === id)?.content ?? '';
	}

	/** Something was changed, or somebody else is here. */
	forget() {
		this.items = [];
		this.#loading = null;
	}
}

export const prompts = new Prompts();
