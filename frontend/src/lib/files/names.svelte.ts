import { SvelteMap } from 'svelte/reactivity';
import { GET, take } from '$lib/api/client';
import { asProblem } from '$lib/api/problem';
import type { StoredFile } from '$lib/api/types';
import { thumbnailOf } from './pictures';

/** What the files are called that messages name by their ids. */
class FileNames {
	#known = new SvelteMap<string, { name: string; thumbnail: string | null }>();
	#asked = new Set<string>();

	/** Empty while it is not known, or when the file is gone. */
	get(id: string): string {
		return this.#known.get(id)?.name ?? '';
	}

	/** Where its small picture is, if it is a picture. */
	thumbnail(id: string): string | null {
		return this.#known.get(id)?.thumbnail ?? null;
	}

	put(file: Pick<StoredFile, 'id' | 'name' | 'media_type'>) {
		this.#known.set(file.id, { name: file.name, thumbnail: thumbnailOf(file) });
	}

	async load(ids: readonly string[]) {
		const missing = ids.filter((id) => !this.#known.has(id) && !this.#asked.has(id));
		await Promise.all(
			missing.map(async (id) => {
				this.#asked.add(id);
				try {
					this.put(await take(GET('/api/v1/files/{id}', { params: { path: { id } } })));
				} catch (error) {
					// It is called a file then.
					asProblem(error);
				}
			})
		);
	}

	forget() {
		this.#known.clear();
		this.#asked.clear();
	}
}

export const fileNames = new FileNames();
