import { startLanguage } from '$lib/i18n/index.svelte';

export const ssr = false;
export const prerender = false;

export const load = startLanguage;
