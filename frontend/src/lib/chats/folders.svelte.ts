import { SvelteSet } from 'svelte/reactivity';
import { DELETE, GET, PATCH, POST, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Folder } from '$lib/api/types';
import { currentLanguage } from '$lib/i18n/index.svelte';
import { everything } from '$lib/page';

const key = 'skein.folders';

/** A folder with those that lie in it. */
export type Branch = { folder: Folder; inner: Folder[] };

/** The outer folders with their inner ones, each by name. */
export function branches(folders: Folder[], language = 'en'): Branch[] {
	const byName = (a: Folder, b: Folder) => a.name.localeCompare(b.name, language, { numeric: true });
	const outer = new Set(folders.filter((folder) => !folder.parent_id).map((folder) => folder.id));
	return folders
		.filter((folder) => !folder.parent_id || !outer.has(folder.parent_id))
		.sort(byName)
		.map((folder) => ({ folder, inner: folders.filter((other) => other.parent_id === folder.id).sort(byName) }));
}

/** The folders at the left, and which of them are open on this device. */
class Folders {
	items = $state.raw<Folder[]>([]);
	problem = $state.raw<Problem | null>(null);
	open = new SvelteSet<string>(JSON.parse(localStorage.getItem(key) ?? '[]') as string[]);
	readonly tree = $derived(branches(this.items, currentLanguage()));

	async load() {
		try {
			const query = (after: string | undefined) => ({ params: { query: { after, limit: 100 } } });
			this.items = await everything((after) => take(GET('/api/v1/folders', query(after))));
			this.problem = null;
		} catch (error) {
			this.problem = asProblem(error);
		}
	}

	clear() {
		this.items = [];
		this.problem = null;
	}

	find(id: string | null | undefined): Folder | undefined {
		return id ? this.items.find((folder) => folder.id === id) : undefined;
	}

	toggle(id: string) {
		if (!this.open.delete(id)) this.open.add(id);
		localStorage.setItem(key, JSON.stringify([...this.open].filter((open) => this.find(open))));
	}

	async create(name: string, parent: string | null): Promise<Folder> {
		const folder = await take(POST('/api/v1/folders', { body: { name, ...(parent ? { parent_id: parent } : {}) } }));
		this.#put(folder);
		return folder;
	}

	async rename(id: string, name: string) {
		this.#put(await take(PATCH('/api/v1/folders/{id}', { params: { path: { id } }, body: { name } })));
	}

	/** Puts a folder into another, or into none. */
	async move(id: string, parent: string | null) {
		this.#put(await take(PATCH('/api/v1/folders/{id}', { params: { path: { id } }, body: { parent_id: parent } })));
	}

	async remove(id: string) {
		await take(DELETE('/api/v1/folders/{id}', { params: { path: { id } } }));
		this.items = this.items
			.filter((folder) => folder.id !== id)
			.map((folder) => (folder.parent_id === id ? { ...folder, parent_id: undefined } : folder));
	}

	/** True where the one can lie in the other: two levels, and not in itself. */
	fits(id: string, parent: string): boolean {
		const into = this.find(parent);
		return id !== parent && !!into && !into.parent_id && !this.items.some((folder) => folder.parent_id === id);
	}

	#put(folder: Folder) {
		this.items = [...this.items.filter((other) => other.id !== folder.id), folder];
	}
}

export const folders = new Folders();
