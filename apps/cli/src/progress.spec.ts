import { bar, openProgress } from './progress.js';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 80, write: (text: string) => { written.push(text); return true; } } as unknown as NodeJS.WriteStream };
}

describe('progress', () => {
  it('fills a bar whose end is known and moves a mark where it is not', () => {
    expect(bar(0, 4)).toBe(`[${'-'.repeat(24)}] 0/4`);
    expect(bar(2, 4)).toBe(`[${'#'.repeat(12)}${'-'.repeat(12)}] 2/4`);
    expect(bar(9, 4)).toBe(`[${'#'.repeat(24)}] 9/4`);
    expect(bar(25, null)).toBe(`[-#${'-'.repeat(22)}]`);
  });

  it('draws in place on a terminal, at most ten times a second, and ends with the last state', () => {
    let now = 0;
    const { written, stream: terminal } = stream(true);
    const progress = openProgress(terminal, () => now);
    for (let done = 0; done <= 100; done += 1) {
      progress.at(done, 100, 'rows');
      now += 10;
    }
    progress.end();
    expect(written.length).toBeLessThan(14);
    expect(written.at(-2)).toBe(`\r\u001b[2K[${'#'.repeat(24)}] 100/100 rows`);
    expect(written.at(-1)).toBe('\n');
  });

  it('writes plain lines elsewhere, rarely, and none when there was nothing to tell', () => {
    let now = 0;
    const { written, stream: file } = stream(false);
    const progress = openProgress(file, () => now);
    progress.at(1, null, 'one');
    progress.at(2, null, 'two');
    now = 6_000;
    progress.at(3, null, 'three');
    progress.end();
    expect(written).toEqual(['one\n', 'three\n']);
    const silent = stream(false);
    openProgress(silent.stream).end();
    expect(silent.written).toEqual([]);
  });
});
