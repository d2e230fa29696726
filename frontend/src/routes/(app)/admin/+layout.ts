import { redirect } from '@sveltejs/kit';
import { session } from '$lib/session.svelte';

export const load = async ({ parent }) => {
	await parent();
	if (session.user?.role !== 'admin') redirect(307, '/');
};
