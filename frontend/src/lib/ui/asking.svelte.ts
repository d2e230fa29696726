import { asProblem, type Problem } from '$lib/api/problem';

/** One thing at a time that is asked of the server, and what went wrong with the last. */
export class Asking {
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);

	/** Does it; false when it failed, and then `problem` says how. */
	async run(work: () => Promise<unknown>): Promise<boolean> {
		this.busy = true;
		this.problem = null;
		try {
			await work();
			return true;
		} catch (error) {
			this.problem = asProblem(error);
			return false;
		} finally {
			this.busy = false;
		}
	}
}
