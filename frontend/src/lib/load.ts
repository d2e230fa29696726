import { error } from '@sveltejs/kit';
import { Problem } from '$lib/api/problem';

/** Runs a page's load; what the server refused becomes an error page that can say what happened. */
export async function failWell<T>(load: () => Promise<T>): Promise<T> {
	try {
		return await load();
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		error(problem.status >= 400 && problem.status < 600 ? problem.status : 503, {
			message: problem.message,
			code: problem.code,
			requestId: problem.requestId ?? undefined
		});
	}
}
