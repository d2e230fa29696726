import { kept } from './kept';

/** What the script before the page's own (`src/early`) has done already. */
export type Early = {
	/** Answers of the server that are under way, by path and query. */
	answers: Map<string, Promise<Response>>;
	/** Ends when the page may start. */
	drawn: Promise<void>;
};

declare global {
	var skein: Early | undefined;
}

/** The answer to a request that is under way since before the page's scripts were there. Each serves once. */
export function earlyAnswer(request: Request): Promise<Response> | undefined {
	const answers = globalThis.skein?.answers;
	if (!answers?.size || request.method !== 'GET') return undefined;
	const { pathname, search } = new URL(request.url);
	const answer = answers.get(pathname + search);
	answers.delete(pathname + search);
	return answer;
}

/** Remembers who is here, or that nobody is. */
export function rememberWho(name: string | null) {
	try {
		if (name) localStorage.setItem(kept.who, name);
		else localStorage.removeItem(kept.who);
	} catch {
		// The next visit begins with an empty page then.
	}
}

/** Whether somebody was signed in here last. */
export function wasSomebody(): boolean {
	try {
		return localStorage.getItem(kept.who) !== null;
	} catch {
		return true;
	}
}

const sheet = () => document.getElementById('early');

function earlyField(name: string): HTMLInputElement | HTMLTextAreaElement | null {
	return sheet()?.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${name}"]`) ?? null;
}

/** What was typed into a field of the first drawing. */
export function earlyText(name: string): string {
	return earlyField(name)?.value ?? '';
}

/** Whether the caret is in a field of the first drawing. */
export function earlyFocus(name: string): boolean {
	const field = earlyField(name);
	return field !== null && field === document.activeElement;
}

/** Whether what was typed into the first drawing was sent as well. */
export function earlySent(): boolean {
	return sheet()?.querySelector('[data-sent]') != null;
}

/** The page is there, but what it shows is not; only eyes still need the first drawing. */
export function coverEarly() {
	sheet()?.setAttribute('inert', '');
	sheet()?.setAttribute('aria-hidden', 'true');
}

/** Takes the first drawing away; the page itself stands under it. */
export function endEarly() {
	sheet()?.remove();
}
