import { redirect } from '@sveltejs/kit';
import { failWell } from '$lib/load';
import { session } from '$lib/session.svelte';

export const load = () =>
	failWell(async () => {
		const user = await session.load();
		if (!user) {
			const info = await session.loadInfo();
			redirect(307, info.has_users ? '/sign-in' : '/sign-up');
		}
		if (user.role === 'pending') redirect(307, '/pending');
	});
