/** The first word of a name, by which a person is greeted. */
export function firstName(name: string): string {
	return name.trim().split(/\s+/)[0] ?? '';
}

/** The message that greets at this hour of the day. */
export function greetingAt(hour: number) {
	if (hour >= 5 && hour < 12) return 'chat.greeting_morning';
	return hour >= 18 ? 'chat.greeting_evening' : 'chat.greeting';
}
