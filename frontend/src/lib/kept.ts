/** What this device keeps for the page, by the names under which the browser stores it. */
export const kept = {
	theme: 'skein.theme',
	/** Whether the list of chats is a rail. */
	side: 'skein.side',
	/** The name of who is signed in, so that the next visit can begin with it. */
	who: 'skein.who'
} as const;
