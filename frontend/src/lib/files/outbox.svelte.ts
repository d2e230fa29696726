import { asProblem, type Problem } from '$lib/api/problem';
import type { StoredFile } from '$lib/api/types';
import { fileNames } from './names.svelte';
import { upload } from './upload';

type Leaving = { key: number; name: string; percent: number; abort: AbortController };

let keys = 0;

/** Files on their way to the server that go with a message. */
export class Outbox {
	sending = $state.raw<Leaving[]>([]);

	/** The file as it is stored; null when it was taken back, and then `onproblem` is not called. */
	async send(file: File, onproblem: (problem: Problem) => void): Promise<StoredFile | null> {
		const [key, abort] = [++keys, new AbortController()];
		this.sending = [...this.sending, { key, name: file.name, percent: 0, abort }];
		const note = (percent: number) => {
			this.sending = this.sending.map((one) => (one.key === key ? { ...one, percent } : one));
		};
		try {
			const stored = await upload(file, note, abort.signal);
			fileNames.put(stored);
			return stored;
		} catch (error) {
			if (!abort.signal.aborted) onproblem(asProblem(error));
			return null;
		} finally {
			this.sending = this.sending.filter((one) => one.key !== key);
		}
	}

	takeBack(key: number) {
		this.sending.find((one) => one.key === key)?.abort.abort();
	}

	takeAllBack() {
		for (const { abort } of this.sending) abort.abort();
	}
}
