import { GET, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Process, Queue } from '$lib/api/types';
import { everything } from '$lib/page';

const everyMs = 2000;

/** All processes and queues, looked at again every two seconds while the page is in sight. */
export class Flock {
	queues = $state.raw<Queue[]>([]);
	processes = $state.raw<Process[]>([]);
	loaded = $state(false);
	problem = $state.raw<Problem | null>(null);

	get nodes(): Process[] {
		return this.processes.filter((process) => process.roles.includes('api'));
	}

	get workers(): Process[] {
		return this.processes.filter((process) => process.pools.length > 0);
	}

	/** Begins to look; gives what ends it. */
	start(): () => void {
		let ended = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const look = async () => {
			clearTimeout(timer);
			if (!document.hidden) await this.load();
			clearTimeout(timer);
			if (!ended) timer = setTimeout(look, everyMs);
		};
		const seen = () => !document.hidden && void look();
		document.addEventListener('visibilitychange', seen);
		void look();
		return () => {
			ended = true;
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', seen);
		};
	}

	async load() {
		try {
			const [queues, processes] = await Promise.all([
				take(GET('/api/v1/admin/queues')),
				everything((after) => take(GET('/api/v1/admin/processes', { params: { query: { limit: 100, after } } })))
			]);
			this.queues = queues.items;
			this.processes = processes;
			this.problem = null;
			this.loaded = true;
		} catch (error) {
			this.problem = asProblem(error);
		}
	}
}
