import { goto } from '$app/navigation';
import { frame } from '$lib/frame.svelte';
import { t } from '$lib/i18n/index.svelte';
import { session } from '$lib/session.svelte';
import { chooseTheme } from '$lib/theme.svelte';
import { copyText } from '$lib/ui/clipboard';

export type Action = { id: string; title: string; keys?: string; run: () => unknown };

function lastAnswer(): string {
	const answers = document.querySelectorAll<HTMLElement>('article.answer .prose');
	return answers[answers.length - 1]?.innerText ?? '';
}

/** What the palette offers besides chats and models. */
export function actions(): Action[] {
	const to = (id: string, title: string, path: string): Action => ({ id, title, run: () => goto(path) });
	const list: Action[] = [
		{ id: 'new', title: t('side.new_chat'), keys: 'mod+shift+O', run: () => goto('/') },
		to('temporary', t('temporary.title'), '/?temporary'),
		{
			id: 'side',
			title: t('keys.side'),
			keys: 'mod+B',
			run: () => (frame.narrow ? (frame.drawer = true) : frame.toggle())
		},
		{ id: 'light', title: `${t('settings.theme')}: ${t('settings.light')}`, run: () => chooseTheme('light') },
		{ id: 'dark', title: `${t('settings.theme')}: ${t('settings.dark')}`, run: () => chooseTheme('dark') },
		{ id: 'system', title: `${t('settings.theme')}: ${t('settings.system')}`, run: () => chooseTheme('system') },
		to('profile', `${t('settings.title')}: ${t('settings.profile')}`, '/settings/profile'),
		to('appearance', `${t('settings.title')}: ${t('settings.appearance')}`, '/settings/appearance'),
		to('prompts', `${t('settings.title')}: ${t('settings.prompts')}`, '/settings/prompts'),
		to('keys', `${t('settings.title')}: ${t('settings.keys')}`, '/settings/keys'),
		to('sessions', `${t('settings.title')}: ${t('settings.sessions')}`, '/settings/sessions')
	];
	if (document.querySelector('article.answer')) {
		list.splice(1, 0, { id: 'copy', title: t('palette.copy_answer'), run: () => copyText(lastAnswer()) });
	}
	if (session.user?.role === 'admin') {
		list.push(
			to('connections', `${t('admin.title')}: ${t('admin.connections')}`, '/admin/connections'),
			to('users', `${t('admin.title')}: ${t('admin.users')}`, '/admin/users'),
			to('general', `${t('admin.title')}: ${t('admin.general')}`, '/admin/general'),
			to('welcome', t('welcome.title'), '/welcome')
		);
	}
	return list;
}
