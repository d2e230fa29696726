import type { Allowance, Limits } from '$lib/api/types';
import { money, number, t } from '$lib/i18n/index.svelte';

export const measures = ['requests_per_minute', 'tokens_per_day', 'budget_per_day', 'budget_per_month'] as const;
/** Bytes of one, as people and shops of disks count them. */
export const megabyte = 1_000_000;

export type Measure = (typeof measures)[number];

/** An amount of a measure, with its unit where that is money. */
export function amount(measure: Measure, value: number, currency: string): string {
	return measure === 'budget_per_day' || measure === 'budget_per_month' ? money(value, currency) : number(value);
}

/** What a limit is for, in words. */
export function allowanceName({ bucket, name, measure }: Allowance): string {
	const what = t(`limits.measure.${measure}`);
	return bucket === 'user' || !name ? what : t('limits.of', { what, name });
}

/** The values of limits in one line. */
export function summary(limits: Limits, currency: string): string[] {
	const parts = measures.flatMap((measure) => {
		const value = limits[measure];
		return value == null ? [] : [t(`limits.short.${measure}`, { amount: amount(measure, value, currency) })];
	});
	const { storage_bytes: room } = limits;
	return room == null ? parts : [...parts, t('limits.short.storage_bytes', { amount: number(room / megabyte) })];
}

/** What was typed into a field for a number: nothing is null, what is no number is NaN. */
export function typed(text: string): number | null {
	const plain = text.trim().replaceAll(/[\s_,](?=\d{3}\b)/g, '');
	return plain === '' ? null : Number(plain);
}
