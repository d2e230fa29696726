import { dev } from '$app/environment';
import { error } from '@sveltejs/kit';

/** In development builds alone: the import is left out of the others. */
export const load = async () => {
	if (!dev) error(404, 'Not Found');
	return { Gallery: (await import('$lib/dev/Gallery.svelte')).default };
};
