import { describe, expect, it } from 'vitest';
import { typed } from './amounts';

describe('a number that was typed', () => {
	it('may be absent', () => expect(typed('  ')).toBeNull());
	it('may be grouped', () => expect(typed('1,000,000')).toBe(1_000_000));
	it('may have a fraction', () => expect(typed('0.15')).toBe(0.15));
	it('is none when it is a word', () => expect(typed('many')).toBeNaN());
});
