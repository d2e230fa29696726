import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { asProblem, problemFrom } from './problem';
import { earlyAnswer } from '$lib/early';
import { reached } from '$lib/limits/reached.svelte';

type Listener = (code: 'signed_out' | 'account_pending') => void;
let onBarred: Listener = () => {};

/** Called when an answer says that the session is over or that the account waits for approval. */
export function whenBarred(listener: Listener) {
	onBarred = listener;
}

// Ends a request whose connection died without a word, so that the caller can offer to try again.
const limitMs = 30_000;

const client = createClient<paths>({
	fetch: (request) =>
		earlyAnswer(request) ?? fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(limitMs)]) })
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a good answer; throws a `Problem` otherwise. */
export async function take<T>(pending: Promise<Answer<T>>): Promise<T> {
	let answer: Answer<T>;
	try {
		answer = await pending;
	} catch (error) {
		throw asProblem(error instanceof DOMException ? new TypeError('timed out') : error);
	}
	if (answer.response.ok) return answer.data as T;
	const problem = problemFrom(answer.response, answer.error);
	if (problem.status === 401 && problem.code !== 'invalid_credentials') onBarred('signed_out');
	if (problem.code === 'account_pending') onBarred('account_pending');
	reached.note(problem);
	throw problem;
}

export const { GET, POST, PUT, PATCH, DELETE } = client;
