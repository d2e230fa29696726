/** The three strokes of the logo, in a square of 24, from the first to the last of the flight. */
export const strokes = [
	{ d: 'M2.5 6.5C8 6.5 7.5 18 12 18S16 6.5 21.5 6.5', opacity: 1 },
	{ d: 'M5.5 4.5C9.5 5.5 9 13.5 12 13.5S14.5 5.5 18.5 4.5', opacity: 0.75 },
	{ d: 'M8.5 3.2C10.7 4.2 10.6 9 12 9S13.3 4.2 15.5 3.2', opacity: 0.5 }
];
