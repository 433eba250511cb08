/** First segment, length and stride of the windows of segments that count. */
export function parseWindow(window: string): { start: number; length: number; stride: number } {
  const [start, length, stride = 0] = window.split(":").map(Number);
  return { start, length, stride };
}
