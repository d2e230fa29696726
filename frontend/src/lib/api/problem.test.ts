import { expect, it } from 'vitest';
import { asProblem, problemFrom } from './problem';

it('reads a problem document', () => {
	const body = {
		code: 'queue_full',
		detail: 'Full.',
		request_id: 'r1',
		errors: [{ field: 'content', message: 'Too long.' }]
	};
	const problem = problemFrom(new Response(null, { status: 503, headers: { 'retry-after': '7' } }), body);
	expect(problem).toMatchObject({
		status: 503,
		code: 'queue_full',
		requestId: 'r1',
		retryAfter: 7,
		fields: { content: 'Too long.' },
		passing: true
	});
});

it('makes do with what a proxy wrote', () => {
	const response = new Response('<html>', { status: 502, headers: { 'x-request-id': 'r2' } });
	expect(problemFrom(response, '<html>')).toMatchObject({ code: 'http_502', requestId: 'r2', passing: true });
});

it('tells a lost connection from a fault of the page', () => {
	expect(asProblem(new TypeError('Failed to fetch')).code).toBe('no_connection');
	expect(asProblem(new RangeError('oops')).code).toBe('page_fault');
});
