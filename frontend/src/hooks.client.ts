import type { HandleClientError } from '@sveltejs/kit';

/** A wrong address is an answer and no fault; anything else is for the person who reads the console. */
export const handleError: HandleClientError = ({ error, status, message }) => {
	if (status === 404) return { message, code: 'not_found' };
	console.error(error);
	return { message: error instanceof Error ? error.message : message, code: 'page_fault' };
};
