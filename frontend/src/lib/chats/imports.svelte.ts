import { DELETE, GET, POST, take } from '$lib/api/client';
import { asProblem, problemFrom, type Problem } from '$lib/api/problem';
import type { Import } from '$lib/api/types';
import { chatList } from './list.svelte';

/** Files of chats on their way in. The server tells how far each is. */
export class Imports {
	items = $state.raw<Import[] | null>(null);
	problem = $state.raw<Problem | null>(null);
	/** Share of the upload that has left this device, 0 to 1; null while there is none. */
	uploading = $state<number | null>(null);
	starting = $state(false);

	#upload: XMLHttpRequest | null = null;

	/** Follows the imports of this account until the returned function is called. */
	follow(): () => void {
		void this.load();
		const stop = chatList.onImport((changed) => this.#put(changed));
		return () => {
			stop();
			this.#upload?.abort();
		};
	}

	async load() {
		await this.#ask(async () => {
			const page = await take(GET('/api/v1/imports', { params: { query: { limit: 20 } } }));
			this.items = page.items;
		});
	}

	/** Sends a file as it is. `fetch` would not say how far it has got. */
	upload(file: File): Promise<void> {
		this.problem = null;
		this.uploading = 0;
		return new Promise((resolve) => {
			const request = (this.#upload = new XMLHttpRequest());
			request.open('POST', `/api/v1/imports?name=${encodeURIComponent(file.name)}`);
			request.setRequestHeader('content-type', 'application/octet-stream');
			request.responseType = 'json';
			request.upload.onprogress = (event) => (this.uploading = event.total ? event.loaded / event.total : 0);
			request.onerror = () => (this.problem = asProblem(new TypeError('the upload was cut')));
			request.onload = () => {
				if (request.status === 202) this.#put(request.response as Import);
				else this.problem = problemFrom(new Response(null, { status: request.status }), request.response);
			};
			request.onloadend = () => {
				this.#upload = null;
				this.uploading = null;
				resolve();
			};
			request.send(file);
		});
	}

	stopUpload() {
		this.#upload?.abort();
	}

	async start(id: string) {
		this.starting = true;
		await this.#ask(async () => {
			this.#put(await take(POST('/api/v1/imports/{id}/start', { params: { path: { id } } })));
		});
		this.starting = false;
	}

	async remove(id: string) {
		await this.#ask(async () => {
			await take(DELETE('/api/v1/imports/{id}', { params: { path: { id } } }));
			this.items = this.items?.filter((other) => other.id !== id) ?? null;
		});
	}

	#put(changed: Import) {
		const others = (this.items ?? []).filter((other) => other.id !== changed.id);
		const known = this.items?.find((other) => other.id === changed.id);
		// An event may come late; what has ended does not begin again.
		if (known && known.updated_at > changed.updated_at) return;
		this.items = [changed, ...others].sort((a, b) => b.id.localeCompare(a.id));
	}

	async #ask(action: () => Promise<void>) {
		this.problem = null;
		try {
			await action();
		} catch (error) {
			this.problem = asProblem(error);
		}
	}
}
