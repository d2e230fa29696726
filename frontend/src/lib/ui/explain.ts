import type { Problem } from '$lib/api/problem';
import en from '$lib/i18n/en.json';
import { dateTime, t } from '$lib/i18n/index.svelte';

type What = keyof typeof en.errors.what;

/** What happened, in plain words. */
export function whatHappened(problem: Problem, otherwise?: string): string {
	if (Object.hasOwn(en.errors.what, problem.code)) return t(`errors.what.${problem.code as What}`);
	if (otherwise) return otherwise;
	if (problem.status >= 500) return t('errors.what.server');
	return t('errors.what.other');
}

/** What the reader can do now. */
export function nextStep(problem: Problem): string {
	if (problem.code === 'model_not_found') return t('errors.next.pick_model');
	if (problem.code === 'message_running') return t('errors.next.wait_stop');
	if (problem.retryAfter !== null && problem.retryAfter > 120) {
		const when = dateTime(new Date(Date.now() + problem.retryAfter * 1000).toISOString());
		return t('errors.next.retry_at', { when });
	}
	if (problem.retryAfter !== null) return t('errors.next.retry_after', { seconds: Math.ceil(problem.retryAfter) });
	if (problem.passing) return t('errors.next.retry');
	return '';
}
