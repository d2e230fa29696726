import type { Message } from '$lib/api/types';
import { number, t } from '$lib/i18n/index.svelte';
import { hasOutput, isOver, type LiveAnswer } from '$lib/stream/reducer';

/** The one line of plain words about an answer that is not simply there; empty when there is nothing to say. */
export function stateLine(message: Message, answer: LiveAnswer | undefined, stopping: boolean): string {
	const state = answer?.state ?? message.generation?.state;
	if (!state) return '';
	if (isOver(state)) {
		if (state === 'cancelled') return t('state.stopped');
		const reason = answer?.finishReason ?? message.finish_reason;
		return state === 'completed' && reason === 'length' ? t('state.length') : '';
	}
	if (stopping) return t('state.stopping');
	if (!answer) return t('state.waiting');
	if (answer.restarted) return t('state.restarted');
	if (answer.state === 'queued') {
		if (!answer.place) return t('state.waiting');
		const place = number(answer.place);
		if (!answer.waitSeconds) return t('state.queued_place', { place });
		return t('state.queued_place_wait', { place, seconds: number(Math.ceil(answer.waitSeconds)) });
	}
	if (answer.text.length > answer.base.length) return '';
	const call = answer.toolCalls.at(-1);
	if (call) return t('state.calling', { name: call.name });
	if (answer.reasoning) return t('state.thinking');
	return hasOutput(answer) ? '' : t('state.starting');
}
