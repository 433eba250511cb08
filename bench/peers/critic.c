/*
 * A critic's step in float32, for comparison with the batches of the peers: the same products, blocked and packed the
 * same way, in vectors of LANES floats (-DLANES=4: 128 bits). Reads a case, then commands from standard input, one a
 * line, and answers each with one line of JSON:
 *   results                 -> loss and gradient
 *   run critic <repeats>    -> {"nanoseconds": ...} of all repeats together
 *
 * The case, floats: inputs [ROWS][27], values [ROWS], then of every layer weights [inputs][width] and bias [width].
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef LANES
#define LANES 4
#endif
enum { ROWS = 256, LAYERS = 3, WIDEST = 256, HEIGHT = 4, WIDTH = 2 * LANES };
static const int SIZES[LAYERS + 1] = {27, 256, 256, 1};

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef float quad __attribute__((vector_size(16), aligned(4)));
typedef int lanes __attribute__((vector_size(16)));

static float panels_a[ROWS * WIDEST] __attribute__((aligned(64)));
static float panel_b[WIDTH * WIDEST] __attribute__((aligned(64)));

/* Columns of a matrix [depth][stride] into panel [depth][width]. */
static void pack_columns(const float *matrix, int stride, int depth, int width, int present, float *panel) {
  if (present == width) {
    for (int k = 0; k < depth; k++) memcpy(panel + k * width, matrix + k * stride, sizeof(float) * (size_t)width);
    return;
  }
  for (int k = 0; k < depth; k++)
    for (int j = 0; j < width; j++) panel[k * width + j] = j < present ? matrix[k * stride + j] : 0;
}

/* The same of a matrix that is stored transposed. */
static void pack_rows(const float *matrix, int stride, int depth, int width, int present, float *panel) {
  for (int j = 0; j < width; j += 4) {
    int k = 0;
    if (j + 4 <= present)
      for (; k + 4 <= depth; k += 4) {
        const float *from = matrix + j * stride + k;
        const quad a = *(const quad *)from, b = *(const quad *)(from + stride);
        const quad c = *(const quad *)(from + 2 * stride), d = *(const quad *)(from + 3 * stride);
        const lanes low = {0, 4, 1, 5}, high = {2, 6, 3, 7};
        const quad ab0 = __builtin_shuffle(a, b, low), ab1 = __builtin_shuffle(a, b, high);
        const quad cd0 = __builtin_shuffle(c, d, low), cd1 = __builtin_shuffle(c, d, high);
        float *to = panel + k * width + j;
        *(quad *)to = __builtin_shuffle(ab0, cd0, (lanes){0, 1, 4, 5});
        *(quad *)(to + width) = __builtin_shuffle(ab0, cd0, (lanes){2, 3, 6, 7});
        *(quad *)(to + 2 * width) = __builtin_shuffle(ab1, cd1, (lanes){0, 1, 4, 5});
        *(quad *)(to + 3 * width) = __builtin_shuffle(ab1, cd1, (lanes){2, 3, 6, 7});
      }
    for (; k < depth; k++)
      for (int i = 0; i < 4; i++) panel[k * width + j + i] = j + i < present ? matrix[(j + i) * stride + k] : 0;
  }
}

/* A block of the result [HEIGHT][WIDTH], from a panel of each factor. */
static void block(const float *a, const float *b, int depth, const float *bias, float *c, int stride) {
  const vec bias0 = *(const vec *)bias, bias1 = *(const vec *)(bias + LANES);
  vec sums[HEIGHT][2];
  for (int i = 0; i < HEIGHT; i++) sums[i][0] = bias0, sums[i][1] = bias1;
  for (int k = 0; k < depth; k++, a += HEIGHT, b += WIDTH) {
    const vec b0 = *(const vec *)b, b1 = *(const vec *)(b + LANES);
    for (int i = 0; i < HEIGHT; i++) sums[i][0] += a[i] * b0, sums[i][1] += a[i] * b1;
  }
  for (int i = 0; i < HEIGHT; i++) memcpy(c + i * stride, sums[i], sizeof sums[i]);
}

/* c [m][n] = A B + bias; transposed factors as in assembly-peers/product.ts; m is at most ROWS. */
static void product(float *c, const float *a, int a_transposed, const float *b, int b_transposed, const float *bias,
                    int m, int n, int depth, int relu) {
  float tile[HEIGHT * WIDTH] __attribute__((aligned(64)));
  float tile_bias[WIDTH] __attribute__((aligned(64)));
  for (int i = 0; i < m; i += HEIGHT) {
    const int present = m - i < HEIGHT ? m - i : HEIGHT;
    if (a_transposed) pack_columns(a + i, m, depth, HEIGHT, present, panels_a + i * depth);
    else pack_rows(a + i * depth, depth, depth, HEIGHT, present, panels_a + i * depth);
  }
  for (int j = 0; j < n; j += WIDTH) {
    const int columns = n - j < WIDTH ? n - j : WIDTH;
    if (b_transposed) pack_rows(b + j * depth, depth, depth, WIDTH, columns, panel_b);
    else pack_columns(b + j, n, depth, WIDTH, columns, panel_b);
    memset(tile_bias, 0, sizeof tile_bias);
    if (bias) memcpy(tile_bias, bias + j, sizeof(float) * (size_t)columns);
    for (int i = 0; i < m; i += HEIGHT) {
      float *to = c + i * n + j;
      if (columns == WIDTH && i + HEIGHT <= m) block(panels_a + i * depth, panel_b, depth, tile_bias, to, n);
      else {
        block(panels_a + i * depth, panel_b, depth, tile_bias, tile, WIDTH);
        for (int k = 0; k < HEIGHT && i + k < m; k++)
          memcpy(to + k * n, tile + k * WIDTH, sizeof(float) * (size_t)columns);
      }
    }
  }
  if (relu)
    for (int i = 0; i < m * n; i++) c[i] = c[i] > 0 ? c[i] : 0;
}

static float *inputs, *values, *weights[LAYERS], *bias[LAYERS];
static float *outputs[LAYERS], *deltas[LAYERS], *weight_gradient[LAYERS], *bias_gradient[LAYERS];
static double loss;

static void step(void) {
  const float *from = inputs;
  for (int l = 0; l < LAYERS; l++) {
    product(outputs[l], from, 0, weights[l], 0, bias[l], ROWS, SIZES[l + 1], SIZES[l], l < LAYERS - 1);
    from = outputs[l];
  }
  loss = 0;
  for (int i = 0; i < ROWS; i++) {
    const float error = from[i] - values[i];
    deltas[LAYERS - 1][i] = error / ROWS;
    loss += (double)error * error / (2 * ROWS);
  }
  for (int l = LAYERS - 1; l >= 0; l--) {
    const int width = SIZES[l + 1];
    if (l < LAYERS - 1)
      for (int i = 0; i < ROWS * width; i++) deltas[l][i] = outputs[l][i] > 0 ? deltas[l][i] : 0;
    product(weight_gradient[l], l > 0 ? outputs[l - 1] : inputs, 1, deltas[l], 0, NULL, SIZES[l], width, ROWS, 0);
    memset(bias_gradient[l], 0, sizeof(float) * (size_t)width);
    for (int i = 0; i < ROWS; i++)
      for (int j = 0; j < width; j++) bias_gradient[l][j] += deltas[l][i * width + j];
    if (l > 0) product(deltas[l - 1], deltas[l], 0, weights[l], 1, NULL, ROWS, SIZES[l], width, 0);
  }
}

static float *taken(FILE *file, int count) {
  float *array = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
  if (!array || (file && fread(array, sizeof(float), (size_t)count, file) != (size_t)count)) exit(1);
  return array;
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "no case\n"), 1;
  inputs = taken(file, ROWS * SIZES[0]);
  values = taken(file, ROWS);
  for (int l = 0; l < LAYERS; l++) {
    const int width = SIZES[l + 1];
    weights[l] = taken(file, SIZES[l] * width);
    bias[l] = taken(file, width);
    outputs[l] = taken(NULL, ROWS * width);
    deltas[l] = taken(NULL, ROWS * width);
    weight_gradient[l] = taken(NULL, SIZES[l] * width);
    bias_gradient[l] = taken(NULL, width);
  }
  char line[200];
  long repeats;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "run critic %ld", &repeats) == 1) {
      struct timespec begun, ended;
      clock_gettime(CLOCK_MONOTONIC, &begun);
      for (long i = 0; i < repeats; i++) step();
      clock_gettime(CLOCK_MONOTONIC, &ended);
      printf("{\"nanoseconds\": %.0f}\n",
             1e9 * (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec));
    } else {
      step();
      printf("{\"loss\": %.9g, \"gradient\": [", loss);
      for (int l = 0; l < LAYERS; l++) {
        for (int i = 0; i < SIZES[l] * SIZES[l + 1]; i++) printf("%.9g,", weight_gradient[l][i]);
        for (int i = 0; i < SIZES[l + 1]; i++)
          printf("%.9g%s", bias_gradient[l][i], l == LAYERS - 1 && i == SIZES[l + 1] - 1 ? "]}\n" : ",");
      }
    }
    fflush(stdout);
  }
  return 0;
}
