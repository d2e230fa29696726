const firstMs = 250;
const mostMs = 10_000;

/** How long to wait before try number `failures + 1`, in milliseconds: doubling, with half of it left to chance. */
export function backoff(failures: number, random: () => number = Math.random): number {
	const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 10));
	return full / 2 + (full / 2) * random();
}
