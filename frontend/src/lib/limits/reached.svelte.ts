import type { Problem } from '$lib/api/problem';

const codes = /^(user|api_key|group|model)_(requests_per_minute|tokens_per_day|budget_per_day|budget_per_month)$/;

/** The limit that was met last, while it lasts. */
class Reached {
	problem = $state.raw<Problem | null>(null);
	/** When there is room again. */
	until = $state<string | null>(null);
	#over: ReturnType<typeof setTimeout> | undefined;

	/** Looks whether a refusal is that of a limit. */
	note(problem: Problem) {
		if (problem.status !== 429 || !codes.test(problem.code)) return;
		const wait = (problem.retryAfter ?? 60) * 1000;
		this.problem = problem;
		this.until = new Date(Date.now() + wait).toISOString();
		clearTimeout(this.#over);
		// A timer cannot wait longer than 24 days.
		this.#over = setTimeout(() => this.clear(), Math.min(wait, 2 ** 31 - 1));
	}

	clear() {
		clearTimeout(this.#over);
		this.problem = null;
		this.until = null;
	}
}

export const reached = new Reached();
