/** Runs it when the page has nothing to draw, at the latest after `withinMs`. Answers how to call it off. */
export function whenIdle(work: () => void, withinMs = 500): () => void {
	if (typeof requestIdleCallback !== 'function') {
		const timer = setTimeout(work, 50);
		return () => clearTimeout(timer);
	}
	const handle = requestIdleCallback(work, { timeout: withinMs });
	return () => cancelIdleCallback(handle);
}
