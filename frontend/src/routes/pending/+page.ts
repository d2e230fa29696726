import { redirect } from '@sveltejs/kit';
import { failWell } from '$lib/load';
import { session } from '$lib/session.svelte';

export const load = () =>
	failWell(async () => {
		const user = await session.load();
		if (!user) redirect(307, '/sign-in');
		if (user.role !== 'pending') redirect(307, '/');
		return { user };
	});
