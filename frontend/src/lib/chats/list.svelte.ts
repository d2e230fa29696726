import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { DELETE, GET, PATCH, POST, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Chat, Generation, Import } from '$lib/api/types';
import { fileNames } from '$lib/files/names.svelte';
import { live } from '$lib/stream/connection.svelte';
import type { StreamEvent } from '$lib/stream/wire';
import { collections } from './collections.svelte';
import { keepDraft } from './drafts';
import { folders } from './folders.svelte';

/** What of a chat its user changes without opening it. */
export type ChatChange = {
	title?: string;
	folder_id?: string | null;
	pinned?: boolean;
	archived?: boolean;
	tags?: string[];
};

type Query = { folder?: string; pinned?: boolean; limit: number; after?: string };
type ChatListener = (chat: string) => void;
type GenerationListener = (event: 'generation_started' | 'generation_ended', generation: Generation) => void;

/** The chats at the left, kept right by the user's own topic in every tab. */
class ChatList {
	/** All that is known, last used first; the views below are what is shown. */
	items = $state.raw<Chat[]>([]);
	readonly pinned = $derived(this.items.filter((chat) => chat.pinned && !chat.archived));
	readonly recent = $derived(this.items.filter((chat) => !chat.pinned && !chat.archived && !chat.folder_id));
	/** Where the list of a folder goes on; undefined until it was opened, null at its end. */
	folderNext = new SvelteMap<string, string | null>();
	next = $state<string | null>(null);
	loading = $state(false);
	loaded = $state(false);
	problem = $state.raw<Problem | null>(null);
	/** Chats with an answer under way. */
	busy = new SvelteSet<string>();

	#unwatch: (() => void) | null = null;
	#listeners = new Set<GenerationListener>();
	#onDeleted = new Set<(id: string) => void>();
	#onImport = new Set<(changed: Import) => void>();
	#onWaiting = new Set<ChatListener>();

	/** Loads the first page and follows changes until `stop`. */
	start() {
		if (this.#unwatch) return;
		this.#watch();
		void this.load();
	}

	stop() {
		this.#unwatch?.();
		this.#unwatch = null;
		this.items = [];
		this.next = null;
		this.loaded = false;
		this.problem = null;
		this.busy.clear();
		this.folderNext.clear();
		folders.clear();
		collections.forget();
		fileNames.forget();
	}

	onGeneration(listener: GenerationListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** What waits in a chat has changed. */
	onWaiting(listener: ChatListener): () => void {
		this.#onWaiting.add(listener);
		return () => this.#onWaiting.delete(listener);
	}

	onDeleted(listener: (id: string) => void): () => void {
		this.#onDeleted.add(listener);
		return () => this.#onDeleted.delete(listener);
	}

	onImport(listener: (changed: Import) => void): () => void {
		this.#onImport.add(listener);
		return () => this.#onImport.delete(listener);
	}

	inFolder(id: string): Chat[] {
		return this.items.filter((chat) => chat.folder_id === id && !chat.archived);
	}

	find(id: string): Chat | undefined {
		return this.items.find((chat) => chat.id === id);
	}

	async load() {
		await this.#guard(async () => {
			const open = [...folders.open];
			const [recent, pinned] = await Promise.all([
				this.#fetch({ folder: 'none', pinned: false, limit: 50 }),
				this.#fetch({ pinned: true, limit: 100 }),
				folders.load()
			]);
			this.items = [];
			this.folderNext.clear();
			this.#put(...pinned.items, ...recent.items);
			this.next = recent.next ?? null;
			this.loaded = true;
			await Promise.all(open.filter((id) => folders.find(id)).map((id) => this.openFolder(id)));
		});
	}

	async more() {
		if (!this.next || this.loading) return;
		const after = this.next;
		await this.#guard(async () => {
			const page = await this.#fetch({ folder: 'none', pinned: false, limit: 50, after });
			this.#put(...page.items);
			this.next = page.next ?? null;
		});
	}

	/** Reads the chats of a folder, or more of them. */
	async openFolder(id: string) {
		const after = this.folderNext.get(id);
		if (after === null) return;
		await this.#guard(async () => {
			const page = await this.#fetch({ folder: id, limit: 50, after });
			this.#put(...page.items);
			this.folderNext.set(id, page.next ?? null);
		});
	}

	#fetch(query: Query) {
		return take(GET('/api/v1/chats', { params: { query } }));
	}

	async #guard(read: () => Promise<void>) {
		this.loading = true;
		try {
			await read();
			this.problem = null;
		} catch (error) {
			this.problem = asProblem(error);
		} finally {
			this.loading = false;
		}
	}

	/** Adds or replaces; an older state of a chat never replaces a newer one. */
	#put(...chats: Chat[]) {
		const byId = new Map(this.items.map((chat) => [chat.id, chat]));
		for (const chat of chats) {
			// No list has it; its own page knows it.
			if (chat.temporary) continue;
			const known = byId.get(chat.id);
			if (!known || known.updated_at <= chat.updated_at) byId.set(chat.id, chat);
		}
		this.items = [...byId.values()].sort(
			(a, b) => b.updated_at.localeCompare(a.updated_at) || b.id.localeCompare(a.id)
		);
	}

	async #refresh(id: string) {
		try {
			this.#put(await take(GET('/api/v1/chats/{id}', { params: { path: { id } } })));
		} catch (error) {
			// Nothing that was asked for: a chat without its name is called a new one.
			asProblem(error);
		}
	}

	put(chat: Chat) {
		this.#put(chat);
	}

	async rename(id: string, title: string) {
		await this.change(id, { title });
	}

	/** Shows the change at once and takes it back when the server refuses it. */
	async change(id: string, change: ChatChange) {
		const before = this.find(id);
		if (before) this.#replace({ ...before, ...change, folder_id: merged(before, change) });
		try {
			this.#put(await take(PATCH('/api/v1/chats/{id}', { params: { path: { id } }, body: change })));
		} catch (error) {
			if (before) this.#replace(before);
			throw error;
		}
	}

	/** A copy of a chat, or of the branch that ends in one message. */
	async duplicate(id: string, title: string, message?: string): Promise<Chat> {
		const body = { title, ...(message ? { message_id: message } : {}) };
		const copy = await take(POST('/api/v1/chats/{id}/duplicate', { params: { path: { id } }, body }));
		this.#put(copy);
		return copy;
	}

	#replace(chat: Chat) {
		this.items = this.items.map((other) => (other.id === chat.id ? chat : other));
	}

	async remove(id: string) {
		await take(DELETE('/api/v1/chats/{id}', { params: { path: { id } } }));
		this.#removed(id);
	}

	#removed(id: string) {
		this.items = this.items.filter((chat) => chat.id !== id);
		this.busy.delete(id);
		keepDraft(id, '');
		for (const listener of this.#onDeleted) listener(id);
	}

	/** What lay in a folder that is gone lies in none. */
	async #foldersChanged() {
		await folders.load();
		if (folders.problem) return;
		this.items = this.items.map((chat) =>
			chat.folder_id && !folders.find(chat.folder_id) ? { ...chat, folder_id: undefined } : chat
		);
	}

	#imported(changed: Import) {
		for (const listener of this.#onImport) listener(changed);
		if (changed.state === 'completed') void this.load();
	}

	#watch() {
		this.#unwatch = live.watch('user', {
			onEvents: (events) => events.forEach((event) => this.#read(event)),
			onLost: () => (this.#unwatch = null)
		});
	}

	#read({ event, data }: StreamEvent) {
		const fields = data as {
			chat?: Chat;
			chat_id?: string;
			id?: string;
			generation?: Generation;
			import?: Import;
		};
		if ((event === 'chat_created' || event === 'chat_updated') && fields.chat) this.#put(fields.chat);
		else if (event === 'chat_deleted' && fields.id) this.#removed(fields.id);
		else if (event === 'folders_changed') void this.#foldersChanged();
		else if (event === 'import_changed' && fields.import) this.#imported(fields.import);
		else if (event === 'collection_updated' || event === 'collection_deleted') collections.refresh();
		else if (event === 'resync') void this.load();
		else if (event === 'waiting_changed' && fields.chat_id) {
			for (const listener of this.#onWaiting) listener(fields.chat_id);
		} else if ((event === 'generation_started' || event === 'generation_ended') && fields.generation) {
			const { generation } = fields;
			if (!generation.chat_id) return;
			if (event === 'generation_started') this.busy.add(generation.chat_id);
			else this.busy.delete(generation.chat_id);
			// The first message gives a chat its name.
			if (!this.find(generation.chat_id)?.title) void this.#refresh(generation.chat_id);
			for (const listener of this.#listeners) listener(event, generation);
		}
	}
}

function merged(chat: Chat, change: ChatChange): string | undefined {
	return change.folder_id === undefined ? (chat.folder_id ?? undefined) : (change.folder_id ?? undefined);
}

export const chatList = new ChatList();
