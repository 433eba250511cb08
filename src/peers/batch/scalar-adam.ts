/** Adam for a number that belongs to no network: a coefficient, a standard deviation. */
export class ScalarAdam {
  private first = 0;
  private second = 0;
  private steps = 0;

  constructor(private readonly epsilon = 1e-8) {}

  /** What is to be subtracted from the number. */
  step(gradient: number, rate: number): number {
    this.steps++;
    this.first = 0.9 * this.first + 0.1 * gradient;
    this.second = 0.999 * this.second + 0.001 * gradient ** 2;
    const size = Math.sqrt(this.second / (1 - 0.999 ** this.steps)) + this.epsilon;
    return (rate * this.first) / (1 - 0.9 ** this.steps) / size;
  }
}
