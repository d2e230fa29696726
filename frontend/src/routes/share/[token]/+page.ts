import type { SharedChat } from '$lib/api/types';
import { GET, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';

type Opened = { token: string; chat: SharedChat | null; problem: Problem | null };

/** Asks as whoever is there: a stranger is told to sign in where the server wants that. */
export const load = async ({ params }: { params: { token: string } }): Promise<Opened> => {
	const { token } = params;
	try {
		return { token, chat: await take(GET('/api/v1/shared/{token}', { params: { path: { token } } })), problem: null };
	} catch (error) {
		return { token, chat: null, problem: asProblem(error) };
	}
};
