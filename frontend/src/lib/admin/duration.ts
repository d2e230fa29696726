import { currentLanguage } from '$lib/i18n/index.svelte';

const steps: [Intl.NumberFormatOptions['unit'], number][] = [
	['hour', 3600],
	['minute', 60],
	['second', 1]
];

/** Seconds in the unit that says the most: "4 min", "12 s". */
export function duration(seconds: number): string {
	const [unit, length] = steps.find(([, length]) => seconds >= length) ?? steps[2]!;
	const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 } as const;
	return new Intl.NumberFormat(currentLanguage(), format).format(seconds / length);
}
