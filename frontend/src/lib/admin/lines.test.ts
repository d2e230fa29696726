import { describe, expect, it } from 'vitest';
import type { Process, Queue } from '$lib/api/types';
import { card, gap, heightOf, linesIn, linesOut, shortName } from './lines';

const queue = (pool: Queue['pool'], demand = 0) => ({ pool, demand }) as Queue;
const worker = (...pools: Process['pools']) => ({ pools, roles: ['worker'] }) as unknown as Process;

describe('the lines of the flock', () => {
	it('lead from a queue to those who serve it, and show who is at work', () => {
		const queues = [queue('chat'), queue('embed')];
		const workers = [
			worker({ pool: 'chat', slots: 4, running: 1 }),
			worker({ pool: 'chat', slots: 4, running: 0 }, { pool: 'embed', slots: 1, running: 0 })
		];
		const height = heightOf(queues.length, workers.length);
		const lines = linesOut(queues, workers, height);
		expect(lines.map((line) => line.busy)).toEqual([true, false, false]);
		expect(lines[0]).toMatchObject({ from: card / 2, to: card / 2 });
		expect(lines[2]).toMatchObject({ from: card * 1.5 + gap, to: card * 1.5 + gap });
	});

	it('meet in the middle of a shorter column', () => {
		const nodes = [{ open_streams: 3 } as Process];
		const height = heightOf(1, 3);
		const lines = linesIn(nodes, [queue('chat', 2), queue('embed'), queue('ingest')], height);
		expect(lines.every((line) => line.from === height / 2)).toBe(true);
		expect(lines.map((line) => line.busy)).toEqual([true, false, false]);
	});

	it('call a process by its host and the end of its id', () => {
		expect(shortName('web-1-0193abcd')).toBe('web-1 abcd');
		expect(shortName('web')).toBe('web');
	});
});
