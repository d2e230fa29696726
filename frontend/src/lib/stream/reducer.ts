import type { Citation, Generation, GenerationState } from '$lib/api/types';
import { compareIds, parseId, type EventId, type StreamEvent } from './wire';

export type ToolCall = { index: number; id: string; name: string; arguments: string };

/** What is known of one generation while it runs. Only `reduce` makes a new one. */
export type LiveAnswer = {
	state: GenerationState;
	/** The message as it was before this generation: empty, or the text that is being continued. */
	base: string;
	/** `base` and what this generation has written. */
	text: string;
	reasoning: string;
	toolCalls: ToolCall[];
	/** The passages that the model was given. */
	citations: Citation[];
	/** Counts how often shown text was replaced instead of added to; a view that reads increments starts over. */
	epoch: number;
	place: number | null;
	waitSeconds: number | null;
	/** The worker was replaced and the new one has not written yet. */
	restarted: boolean;
	error: { code: string; message: string } | null;
	usage: { prompt_tokens: number; completion_tokens: number } | null;
	finishReason: string | null;
	cursor: EventId | null;
};

export function startAnswer(base: string, generation: Pick<Generation, 'state'>): LiveAnswer {
	return {
		state: generation.state,
		base,
		text: base,
		reasoning: '',
		toolCalls: [],
		citations: [],
		epoch: 0,
		place: null,
		waitSeconds: null,
		restarted: false,
		error: null,
		usage: null,
		finishReason: null,
		cursor: null
	};
}

export function isOver(state: GenerationState): boolean {
	return state === 'completed' || state === 'failed' || state === 'cancelled';
}

type Fields = Record<string, unknown>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const count = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function emptied(answer: LiveAnswer): LiveAnswer {
	return { ...answer, text: answer.base, reasoning: '', toolCalls: [], epoch: answer.epoch + 1 };
}

function addToolCall(calls: ToolCall[], data: Fields): ToolCall[] {
	const index = count(data.index) ?? 0;
	const known = calls.find((call) => call.index === index);
	const merged: ToolCall = {
		index,
		id: text(data.id) || (known?.id ?? ''),
		name: text(data.name) || (known?.name ?? ''),
		arguments: (known?.arguments ?? '') + text(data.arguments)
	};
	return [...calls.filter((call) => call.index !== index), merged].sort((a, b) => a.index - b.index);
}

/**
 * The answer after one more event. Events that were seen (by id), that belong to an attempt that was replaced, or that
 * come after the end change nothing, so a log may be read twice and from any point before the cursor.
 */
export function reduce(answer: LiveAnswer, { id, event, data }: StreamEvent): LiveAnswer {
	if (isOver(answer.state)) return answer;
	const at = parseId(id);
	if (at && answer.cursor && compareIds(at, answer.cursor) <= 0) return answer;
	const fields = (typeof data === 'object' && data !== null ? data : {}) as Fields;
	// Two attempts never mix, even if the log of the older one ended without `restarted`.
	const replaced =
		at !== null && answer.cursor !== null && at.attempt > answer.cursor.attempt && answer.cursor.attempt > 0;
	const before = replaced && event !== 'restarted' && hasOutput(answer) ? emptied(answer) : answer;
	const next = apply(before, event, fields);
	return at ? { ...next, cursor: at } : next;
}

function apply(answer: LiveAnswer, event: string, data: Fields): LiveAnswer {
	const writing = { state: 'running', place: null, waitSeconds: null, restarted: false } as const;
	switch (event) {
		case 'delta':
			return { ...answer, ...writing, text: answer.text + text(data.text) };
		case 'reasoning':
			return { ...answer, ...writing, reasoning: answer.reasoning + text(data.text) };
		case 'tool_call':
			return { ...answer, ...writing, toolCalls: addToolCall(answer.toolCalls, data) };
		case 'retrieved':
			return { ...answer, ...writing, citations: Array.isArray(data.passages) ? (data.passages as Citation[]) : [] };
		case 'queued':
			return { ...answer, state: 'queued', place: count(data.place), waitSeconds: count(data.wait_s) };
		case 'restarted':
			return { ...emptied(answer), state: 'running', place: null, waitSeconds: null, restarted: true };
		case 'snapshot':
			return {
				...answer,
				...writing,
				text: answer.base + text(data.text),
				reasoning: text(data.reasoning),
				toolCalls: Array.isArray(data.tool_calls)
					? data.tool_calls.reduce((calls: ToolCall[], call, index) => addToolCall(calls, { index, ...call }), [])
					: [],
				epoch: answer.epoch + 1
			};
		case 'completed':
			return {
				...answer,
				...writing,
				state: 'completed',
				usage: (data.usage as LiveAnswer['usage']) ?? null,
				finishReason: text(data.finish_reason) || null
			};
		case 'failed':
			return {
				...answer,
				...writing,
				state: 'failed',
				error: { code: text(data.code) || 'unknown', message: text(data.message) }
			};
		case 'cancelled':
			return { ...answer, ...writing, state: 'cancelled' };
		default:
			return answer;
	}
}

/** True once this generation has shown something of its own. */
export function hasOutput(answer: LiveAnswer): boolean {
	return answer.text.length > answer.base.length || answer.reasoning !== '' || answer.toolCalls.length > 0;
}
