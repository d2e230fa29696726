const browsers: [RegExp, string][] = [
	[/Edg\//, 'Edge'],
	[/OPR\//, 'Opera'],
	[/Firefox\//, 'Firefox'],
	[/(?:Headless)?Chrom(?:e|ium)\//, 'Chrome'],
	[/Safari\//, 'Safari']
];
const systems: [RegExp, string][] = [
	[/iPhone|iPad/, 'iOS'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Mac OS X/, 'macOS'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux']
];

/** What a user agent calls itself, as far as people would say it. */
export function describeAgent(text: string | null | undefined): { browser: string; system: string } | null {
	const name = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(text ?? ''))?.[1];
	const browser = name(browsers);
	const system = name(systems);
	return browser && system ? { browser, system } : null;
}
