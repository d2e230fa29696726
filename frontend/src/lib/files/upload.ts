import { Problem, problemFrom } from '$lib/api/problem';
import type { StoredFile } from '$lib/api/types';

/** Sends a file and tells how much of it is there, which `fetch` does not. */
export function upload(file: File, onPercent: (percent: number) => void, signal?: AbortSignal): Promise<StoredFile> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', '/api/v1/files');
		request.upload.onprogress = ({ loaded, total }) => onPercent(total ? Math.floor((loaded * 100) / total) : 0);
		request.onerror = () => reject(new Problem({ status: 0, code: 'no_connection' }));
		request.onabort = () => reject(new Problem({ status: 0, code: 'taken_back' }));
		request.onload = () => {
			let body: unknown = null;
			try {
				body = JSON.parse(request.responseText);
			} catch {
				// A proxy made it: its status says enough.
			}
			if (request.status < 300 && body) resolve(body as StoredFile);
			else reject(problemFrom(new Response(null, { status: request.status }), body));
		};
		signal?.addEventListener('abort', () => request.abort());
		const form = new FormData();
		form.append('file', file);
		request.send(form);
	});
}
