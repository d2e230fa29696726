import { describe, expect, it } from 'vitest';
import { hasOutput, isOver, reduce, startAnswer, type LiveAnswer } from './reducer';
import type { StreamEvent } from './wire';

const event = (id: string, name: string, data: unknown = {}): StreamEvent => ({ id, event: name, data });
const replay = (events: StreamEvent[], from: LiveAnswer = startAnswer('', { state: 'queued' })) =>
	events.reduce(reduce, from);

const log = [
	event('0-1', 'queued', { place: 3, wait_s: 12.4 }),
	event('0-2', 'queued', { place: 1, wait_s: 4 }),
	event('1-1', 'reasoning', { text: 'Let me ' }),
	event('1-2', 'reasoning', { text: 'think.' }),
	event('1-3', 'delta', { text: 'Hello' }),
	event('1-4', 'delta', { text: ', world' }),
	event('1-5', 'completed', { usage: { prompt_tokens: 3, completion_tokens: 2 }, finish_reason: 'stop' })
];

describe('a log that is read once', () => {
	it('gives the text, the thoughts, the usage and the reason of the end', () => {
		expect(replay(log)).toMatchObject({
			state: 'completed',
			text: 'Hello, world',
			reasoning: 'Let me think.',
			usage: { prompt_tokens: 3, completion_tokens: 2 },
			finishReason: 'stop',
			place: null,
			cursor: { attempt: 1, seq: 5 }
		});
	});

	it('shows the place in the queue until the first text', () => {
		expect(replay(log.slice(0, 1))).toMatchObject({ state: 'queued', place: 3, waitSeconds: 12.4 });
		expect(replay(log.slice(0, 3))).toMatchObject({ state: 'running', place: null, waitSeconds: null });
	});

	it('does not touch the state that it was given', () => {
		const before = Object.freeze(startAnswer('', { state: 'running' }));
		expect(reduce(before, log[4]!)).not.toBe(before);
		expect(before.text).toBe('');
	});
});

describe('a log that is read again', () => {
	it('changes nothing, from whatever point it is read', () => {
		const once = replay(log.slice(0, 6));
		for (let from = 0; from < 6; from += 1) expect(replay(log.slice(from, 6), once)).toBe(once);
	});

	it('gives the same answer however it is cut and overlapped', () => {
		const whole = replay(log);
		for (let cut = 0; cut < log.length; cut += 1) {
			for (let back = 0; back <= cut; back += 1) {
				expect(replay([...log.slice(0, cut), ...log.slice(cut - back)])).toEqual(whole);
			}
		}
	});

	it('orders ids as numbers and not as text', () => {
		const nine = replay([event('1-9', 'delta', { text: 'a' })]);
		expect(replay([event('1-10', 'delta', { text: 'b' })], nine).text).toBe('ab');
		expect(replay([event('1-10', 'delta', { text: 'b' }), event('1-9', 'delta', { text: 'x' })], nine).text).toBe('ab');
	});
});

describe('an attempt that is replaced', () => {
	const first = [event('1-1', 'delta', { text: 'half an ans' }), event('1-2', 'reasoning', { text: 'hm' })];

	it('loses what it had written', () => {
		const restarted = replay([...first, event('2-1', 'restarted')]);
		expect(restarted).toMatchObject({ text: '', reasoning: '', restarted: true, state: 'running' });
		expect(replay([event('2-2', 'delta', { text: 'whole' })], restarted)).toMatchObject({
			text: 'whole',
			restarted: false
		});
	});

	it('tells a view that reads increments to start over', () => {
		const before = replay(first);
		expect(reduce(before, event('2-1', 'restarted')).epoch).toBeGreaterThan(before.epoch);
	});

	it('never mixes with the one before, even when the word for it was lost', () => {
		expect(replay([...first, event('2-1', 'delta', { text: 'whole' })])).toMatchObject({
			text: 'whole',
			reasoning: ''
		});
	});

	it('cannot write any more when it comes back late', () => {
		const second = replay([...first, event('2-1', 'restarted'), event('2-2', 'delta', { text: 'new' })]);
		expect(replay([event('1-3', 'delta', { text: 'wer' }), event('1-4', 'completed')], second)).toBe(second);
	});

	it('is not one when it was only waiting', () => {
		expect(replay([event('0-1', 'queued', { place: 2 }), event('1-1', 'delta', { text: 'a' })]).epoch).toBe(0);
	});
});

describe('a continued message', () => {
	const continued = startAnswer('Once upon ', { state: 'queued' });

	it('is added to', () => {
		expect(replay([event('1-1', 'delta', { text: 'a time' })], continued).text).toBe('Once upon a time');
	});

	it('keeps its beginning when the generation starts over', () => {
		const text = replay([event('1-1', 'delta', { text: 'a tim' }), event('2-1', 'restarted')], continued).text;
		expect(text).toBe('Once upon ');
	});

	it('keeps its beginning under a snapshot', () => {
		expect(replay([event('1-7', 'snapshot', { text: 'a time' })], continued).text).toBe('Once upon a time');
	});

	it('has no output of its own before the first delta', () => {
		expect(hasOutput(continued)).toBe(false);
	});
});

describe('a snapshot', () => {
	it('replaces what was shown and later deltas add to it', () => {
		const events = [
			event('1-1', 'delta', { text: 'old' }),
			event('1-8', 'snapshot', {
				text: 'Hello',
				reasoning: 'hm',
				tool_calls: [{ id: 'a', name: 'find', arguments: '{}' }]
			}),
			event('1-9', 'delta', { text: '!' })
		];
		expect(replay(events)).toMatchObject({
			text: 'Hello!',
			reasoning: 'hm',
			toolCalls: [{ index: 0, id: 'a', name: 'find', arguments: '{}' }]
		});
	});

	it('is taken without an id, as is the end that follows it', () => {
		const answer = replay([...log.slice(0, 5), event('', 'snapshot', { text: 'All' }), event('', 'completed', {})]);
		expect(answer).toMatchObject({ text: 'All', state: 'completed' });
	});
});

describe('tool calls', () => {
	it('are put together from their increments, each by its index', () => {
		const answer = replay([
			event('1-1', 'tool_call', { index: 0, id: 'call_a', name: 'search', arguments: '' }),
			event('1-2', 'tool_call', { index: 1, id: 'call_b', name: 'read' }),
			event('1-3', 'tool_call', { index: 0, arguments: '{"q":' }),
			event('1-4', 'tool_call', { index: 0, arguments: '"geese"}' })
		]);
		expect(answer.toolCalls).toEqual([
			{ index: 0, id: 'call_a', name: 'search', arguments: '{"q":"geese"}' },
			{ index: 1, id: 'call_b', name: 'read', arguments: '' }
		]);
	});
});

describe('the end', () => {
	it.each(['completed', 'failed', 'cancelled'] as const)('after %s nothing changes', (name) => {
		const over = replay([event('1-1', 'delta', { text: 'a' }), event('1-2', name, {})]);
		expect(isOver(over.state)).toBe(true);
		expect(replay([event('1-3', 'delta', { text: 'b' }), event('2-1', 'restarted')], over)).toBe(over);
	});

	it('keeps the text of an answer that failed or was stopped', () => {
		const failed = replay([
			event('1-1', 'delta', { text: 'so far' }),
			event('1-2', 'failed', { code: 'x', message: 'y' })
		]);
		expect(failed).toMatchObject({ state: 'failed', text: 'so far', error: { code: 'x', message: 'y' } });
		const stopped = replay([event('1-1', 'delta', { text: 'so far' }), event('1-2', 'cancelled')]);
		expect(stopped).toMatchObject({ state: 'cancelled', text: 'so far' });
	});
});

describe('what it does not know', () => {
	it('is passed over, and its id counts as seen', () => {
		const answer = replay([event('1-1', 'weather', { sun: true }), event('1-1', 'delta', { text: 'twice' })]);
		expect(answer.text).toBe('');
	});

	it('is borne: data of the wrong kind', () => {
		for (const data of [null, undefined, 'text', 7, [], { text: 5 }]) {
			expect(replay([event('1-1', 'delta', data)]).text).toBe('');
			expect(replay([event('1-1', 'failed', data)]).error?.code).toBe('unknown');
			expect(replay([event('1-1', 'queued', data)]).place).toBe(null);
			expect(replay([event('1-1', 'tool_call', data)]).toolCalls).toHaveLength(1);
		}
	});
});
