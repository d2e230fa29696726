import type { Pool, Process, Queue } from '$lib/api/types';

/** One line of the picture: from the middle of one card to the middle of another, in pixels from the top. */
export type Line = { from: number; to: number; busy: boolean };

/** The height of a card and the space between two, in pixels; the style sheet has the same. */
export const card = 72;
export const gap = 12;

function middle(index: number, count: number, height: number): number {
	const used = count * card + (count - 1) * gap;
	return (height - used) / 2 + index * (card + gap) + card / 2;
}

/** The height of the picture: that of its tallest column. */
export function heightOf(...counts: number[]): number {
	const most = Math.max(1, ...counts);
	return most * card + (most - 1) * gap;
}

/** Every node reaches every queue; a line is busy where something waits or runs. */
export function linesIn(nodes: Process[], queues: Queue[], height: number): Line[] {
	return nodes.flatMap((node, from) =>
		queues.map((queue, to) => ({
			from: middle(from, nodes.length, height),
			to: middle(to, queues.length, height),
			busy: node.open_streams > 0 && queue.demand > 0
		}))
	);
}

/** A queue leads to the processes that serve its pool; a line is busy where jobs of it run. */
export function linesOut(queues: Queue[], workers: Process[], height: number): Line[] {
	const work = (process: Process, pool: Pool) => process.pools.find((work) => work.pool === pool);
	return queues.flatMap((queue, from) =>
		workers.flatMap((worker, to) => {
			const served = work(worker, queue.pool);
			if (!served) return [];
			return {
				from: middle(from, queues.length, height),
				to: middle(to, workers.length, height),
				busy: served.running > 0
			};
		})
	);
}

/** The part of a process's name that tells it from the others: host and the end of its id. */
export function shortName(name: string): string {
	const at = name.lastIndexOf('-');
	return at < 0 ? name : `${name.slice(0, at)} ${name.slice(-4)}`;
}
