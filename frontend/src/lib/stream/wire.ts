/** One event of a topic's log. `id` is `<attempt>-<seq>`; empty when the server gave none. */
export type StreamEvent = { id: string; event: string; data: unknown };

export type EventId = { attempt: number; seq: number };

export function parseId(id: string): EventId | null {
	const match = /^(\d+)-(\d+)$/.exec(id);
	return match ? { attempt: Number(match[1]), seq: Number(match[2]) } : null;
}

/** Below zero when `a` is the older one. */
export function compareIds(a: EventId, b: EventId): number {
	return a.attempt - b.attempt || a.seq - b.seq;
}

const ends = new Set(['completed', 'failed', 'cancelled']);

/** After such an event a generation's log has no other. */
export function isTerminal(event: string): boolean {
	return ends.has(event);
}
