import { DELETE, GET, POST, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Collection, StoredFile } from '$lib/api/types';
import { everything } from '$lib/page';
import { upload } from './upload';

/** A file on its way to the server. */
export type Sending = { key: number; name: string; percent: number; problem: Problem | null };

/** Milliseconds between two looks at files that are being read. */
const lookMs = 1500;

let keys = 0;

/** The own files and collections, looked at again while something happens to them. */
export class Shelf {
	files = $state.raw<StoredFile[] | null>(null);
	collections = $state.raw<Collection[]>([]);
	sending = $state.raw<Sending[]>([]);
	problem = $state.raw<Problem | null>(null);

	#timer: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	stop() {
		this.#stopped = true;
		clearTimeout(this.#timer);
	}

	async load() {
		clearTimeout(this.#timer);
		try {
			const [files, collections] = await Promise.all([
				everything((after) => take(GET('/api/v1/files', { params: { query: { after, limit: 100 } } }))),
				everything((after) => take(GET('/api/v1/collections', { params: { query: { after, limit: 100 } } })))
			]);
			this.files = files;
			this.collections = collections;
			this.problem = null;
		} catch (error) {
			this.problem = asProblem(error);
		}
		const busy = this.files?.some((file) => file.state !== 'ready' && file.state !== 'failed');
		if (busy && !this.#stopped) this.#timer = setTimeout(() => void this.load(), lookMs);
	}

	/** Sends files one after the other; each that fails says why and stays in the list. */
	async send(files: File[]) {
		const batch = files.map((file) => ({ key: ++keys, file }));
		this.sending = [
			...this.sending,
			...batch.map(({ key, file }) => ({ key, name: file.name, percent: 0, problem: null }))
		];
		for (const { key, file } of batch) {
			try {
				await upload(file, (percent) => this.#note(key, { percent }));
				this.dismiss(key);
			} catch (error) {
				this.#note(key, { problem: asProblem(error) });
			}
			await this.load();
		}
	}

	dismiss(key: number) {
		this.sending = this.sending.filter((one) => one.key !== key);
	}

	#note(key: number, change: Partial<Sending>) {
		this.sending = this.sending.map((one) => (one.key === key ? { ...one, ...change } : one));
	}

	async retry(id: string) {
		await take(POST('/api/v1/files/{id}/retry', { params: { path: { id } }, body: {} }));
		await this.load();
	}

	async remove(id: string) {
		await take(DELETE('/api/v1/files/{id}', { params: { path: { id } } }));
		await this.load();
	}

	async open(id: string): Promise<string> {
		return (await take(POST('/api/v1/files/{id}/links', { params: { path: { id } }, body: {} }))).url;
	}

	async createCollection(name: string) {
		await take(POST('/api/v1/collections', { body: { name } }));
		await this.load();
	}

	async removeCollection(id: string) {
		await take(DELETE('/api/v1/collections/{id}', { params: { path: { id } } }));
		await this.load();
	}

	async addTo(collection: string, file: string) {
		await take(
			POST('/api/v1/collections/{id}/files', { params: { path: { id: collection } }, body: { file_id: file } })
		);
		await this.load();
	}
}
