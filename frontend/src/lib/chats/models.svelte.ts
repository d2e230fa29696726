import { GET, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Model } from '$lib/api/types';

const lastKey = 'skein.model';

/** The models that this user may talk to, and the one that a new chat starts with. */
class Models {
	items = $state.raw<Model[]>([]);
	preset = $state<string | null>(null);
	loaded = $state(false);
	problem = $state.raw<Problem | null>(null);
	#last = $state<string | null>(localStorage.getItem(lastKey));

	async load() {
		try {
			const list = await take(GET('/api/v1/models'));
			// Two connections may offer the same name, and a name leads to one model: the first.
			this.items = [...new Map(list.items.toReversed().map((model) => [model.id, model])).values()].toReversed();
			this.preset = list.default ?? null;
			this.problem = null;
			this.loaded = true;
		} catch (error) {
			this.problem = asProblem(error);
		}
	}

	/** What was used last, the server's default, or the first that there is. */
	get first(): string | null {
		const has = (id: string | null) => id !== null && this.items.some((model) => model.id === id);
		if (has(this.#last)) return this.#last;
		if (has(this.preset)) return this.preset;
		return this.items[0]?.id ?? null;
	}

	remember(id: string) {
		this.#last = id;
		localStorage.setItem(lastKey, id);
	}

	/** Those whose name, id and connection have every word of the query. */
	find(query: string): Model[] {
		const words = query.toLowerCase().split(/\s+/).filter(Boolean);
		return this.items.filter((model) => {
			const name = `${model.name} ${model.id} ${model.connection?.name ?? ''}`.toLowerCase();
			return words.every((word) => name.includes(word));
		});
	}

	name(id: string | null | undefined): string {
		if (!id) return '';
		return this.items.find((model) => model.id === id)?.name ?? id;
	}
}

export const models = new Models();
