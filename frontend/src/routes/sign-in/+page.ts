import { redirect } from '@sveltejs/kit';
import { wasSomebody } from '$lib/early';
import { failWell } from '$lib/load';
import { session } from '$lib/session.svelte';

/** Whoever comes to sign in is not kept waiting; only who was here before may be signed in still. */
export const load = () =>
	failWell(async () => {
		if (wasSomebody() && (await session.load())) redirect(307, '/');
	});
