import { redirect } from '@sveltejs/kit';
import { failWell } from '$lib/load';
import { session } from '$lib/session.svelte';

export const load = () =>
	failWell(async () => {
		const [user, info] = await Promise.all([session.load(), session.loadInfo()]);
		if (user) redirect(307, '/');
		if (!info.has_users) redirect(307, '/sign-up');
		return { info };
	});
