import { GET, POST, take, whenBarred } from '$lib/api/client';
import { asProblem, Problem } from '$lib/api/problem';
import type { Info, SignedIn, User } from '$lib/api/types';
import { rememberWho } from '$lib/early';
import { live } from '$lib/stream/connection.svelte';

const renewEveryMs = 60 * 60_000;
const renewedKey = 'skein.renewed_at';

/** Who is signed in. The token itself is in a cookie that the page cannot read. */
class SignIn {
	user = $state.raw<User | null>(null);
	info = $state.raw<Info | null>(null);
	/** Set when the server ended the session while the page was in use. */
	ended = $state(false);

	#known = false;
	#renewal: ReturnType<typeof setInterval> | undefined;

	async loadInfo(): Promise<Info> {
		this.info = await take(GET('/api/v1/info'));
		return this.info;
	}

	/** The signed-in user, or null. Asks the server once; throws when it cannot be reached. */
	async load(): Promise<User | null> {
		if (this.#known) return this.user;
		try {
			this.user = await take(GET('/api/v1/me'));
		} catch (error) {
			const problem = asProblem(error);
			if (problem.status !== 401) throw problem;
			this.user = null;
			this.ended = false;
		}
		this.#known = true;
		rememberWho(this.user?.name ?? null);
		if (this.user) this.#renewOften();
		return this.user;
	}

	async reload(): Promise<User | null> {
		this.#known = false;
		return this.load();
	}

	async signIn(email: string, password: string): Promise<User> {
		return this.#start(await take(POST('/api/v1/auth/sign-in', { body: { email, password } })));
	}

	async signUp(email: string, name: string, password: string): Promise<User> {
		return this.#start(await take(POST('/api/v1/auth/sign-up', { body: { email, name, password } })));
	}

	async signOut(): Promise<void> {
		try {
			await take(POST('/api/v1/auth/sign-out'));
		} catch (error) {
			// Already signed out is what was asked for.
			if (asProblem(error).status !== 401) throw error;
		}
		this.forget();
	}

	forget() {
		clearInterval(this.#renewal);
		live.close();
		rememberWho(null);
		this.user = null;
		this.#known = true;
	}

	#start(answer: SignedIn): User {
		this.user = answer.user;
		this.#known = true;
		this.ended = false;
		rememberWho(answer.user.name);
		localStorage.setItem(renewedKey, String(Date.now()));
		this.#renewOften();
		return answer.user;
	}

	#renewOften() {
		clearInterval(this.#renewal);
		const renew = async () => {
			// One tab is enough; the cookie is shared.
			if (Date.now() - Number(localStorage.getItem(renewedKey) ?? 0) < renewEveryMs) return;
			localStorage.setItem(renewedKey, String(Date.now()));
			try {
				await take(POST('/api/v1/auth/refresh'));
			} catch (error) {
				if (!(error instanceof Problem)) throw error;
			}
		};
		void renew();
		this.#renewal = setInterval(() => void renew(), 5 * 60_000);
	}
}

export const session = new SignIn();

whenBarred((code) => {
	if (code === 'signed_out') {
		if (session.user) session.ended = true;
		session.forget();
	} else if (session.user && session.user.role !== 'pending') {
		session.user = { ...session.user, role: 'pending' };
	}
});
